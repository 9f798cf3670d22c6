from django.db import migrations, models

# Whatever changes how somebody signs in is counted by the database itself, so that no way of doing it can forget to: a
# form of allauth's, an administrator, a command, a line of SQL. Sessions and mailed addresses are bound to the count
# (User._get_session_auth_hash). Whoever saves a whole row that was read before another's change puts no older count back.
# The person is noted for the connection: whoever made the change stays signed in (accounts/renewal.py).
RENEWALS = """
CREATE FUNCTION community_renew_person() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.renewals := greatest(NEW.renewals, OLD.renewals);
    IF NEW.password IS DISTINCT FROM OLD.password OR NEW.email IS DISTINCT FROM OLD.email THEN
        NEW.renewals := NEW.renewals + 1;
        PERFORM set_config('community.renewed', NEW.id::text, false);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER renew_person BEFORE UPDATE ON community_user FOR EACH ROW
    WHEN (OLD.password IS DISTINCT FROM NEW.password OR OLD.email IS DISTINCT FROM NEW.email
          OR NEW.renewals < OLD.renewals)
    EXECUTE FUNCTION community_renew_person();

CREATE FUNCTION community_renew_owner() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    owner bigint := CASE WHEN TG_OP = 'INSERT' THEN NEW.user_id ELSE OLD.user_id END;
BEGIN
    UPDATE community_user SET renewals = renewals + 1 WHERE id = owner;
    PERFORM set_config('community.renewed', owner::text, false);
    RETURN NULL;
END $$;
CREATE TRIGGER renew_owner AFTER INSERT OR DELETE ON mfa_authenticator FOR EACH ROW
    EXECUTE FUNCTION community_renew_owner();
CREATE TRIGGER renew_owner_of_removed AFTER DELETE ON account_emailaddress FOR EACH ROW
    WHEN (OLD.verified) EXECUTE FUNCTION community_renew_owner();
CREATE TRIGGER renew_owner_of_changed AFTER UPDATE ON account_emailaddress FOR EACH ROW
    WHEN (OLD.email IS DISTINCT FROM NEW.email AND OLD.verified) EXECUTE FUNCTION community_renew_owner();
"""
DROP_RENEWALS = """
DROP TRIGGER renew_owner_of_changed ON account_emailaddress;
DROP TRIGGER renew_owner_of_removed ON account_emailaddress;
DROP TRIGGER renew_owner ON mfa_authenticator;
DROP FUNCTION community_renew_owner();
DROP TRIGGER renew_person ON community_user;
DROP FUNCTION community_renew_person();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("community", "0012_order"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="renewals",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.RunSQL(RENEWALS, DROP_RENEWALS),
    ]
