"""People an import brought along claim what they wrote: by a verified address, or an administrator's word."""

from pathlib import Path
from threading import Barrier
from threading import Thread as Running

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test import Client
from django.urls import reverse

from community.actions.answers import answer as reply
from community.actions.identities import approve_claim, claim_identity
from community.actions.thanks import join, vote
from community.errors import NotAllowed, NotThere, Refused
from community.models import (
    Answer,
    AuditEntry,
    ImportedIdentity,
    ImportedItem,
    MeToo,
    OldAddress,
    Solution,
    Thread,
    ThreadEvent,
    User,
    Vote,
)
from tests import factories
from tests.community.import_files import Forum, answer, question
from tests.community.test_import_threads import no_number_has_drifted


@pytest.fixture
def forum(tmp_path: Path) -> Forum:
    forum = Forum(tmp_path)
    forum.write(
        [question(1, creator_email="Ann@Example.org", solution="11", solved_by="Ann"), question(2, creator="Cat")],
        [answer(10, 1, creator="Ann"), answer(11, 1), answer(20, 2, creator="Ann")],
    )
    forum.load()
    return forum


def identity_of(name: str) -> ImportedIdentity:
    return ImportedIdentity.objects.get(external_id=name)


def member(name: str, address: str, *, verified: bool = True) -> User:
    person = factories.person(name)
    EmailAddress.objects.create(user=person, email=address, verified=verified, primary=False)
    return person


@pytest.mark.django_db
def test_a_verified_address_of_the_archive_claims_what_was_written(forum: Forum) -> None:
    ann = member("ann", "ann@example.org")
    placeholder = identity_of("Ann").user_id
    claim_identity(actor=ann, identity_id=identity_of("Ann").pk)
    assert Thread.objects.filter(asker=ann).count() == 1 and Answer.objects.filter(author=ann).count() == 2
    assert Solution.objects.get().accepted_by == ann
    assert identity_of("Ann").user == ann and identity_of("Ann").claimed_at
    assert OldAddress.objects.get(path="/user/Ann").person == ann
    assert ThreadEvent.objects.filter(actor=placeholder).exists()  # the history is append-only
    assert no_number_has_drifted()


@pytest.mark.django_db
def test_an_address_that_is_not_verified_or_not_the_archives_claims_nothing(forum: Forum) -> None:
    for person in (member("bob", "bob@example.org"), member("eve", "ann@example.org", verified=False)):
        with pytest.raises(NotAllowed):
            claim_identity(actor=person, identity_id=identity_of("Ann").pk)
    with pytest.raises(NotAllowed):  # the archive has no address for Ben: an empty one matches nobody
        claim_identity(actor=member("ben", "ben@example.org"), identity_id=identity_of("Ben").pk)
    with pytest.raises(NotThere):
        claim_identity(actor=member("zoe", "zoe@example.org"), identity_id=10**15)
    assert not ImportedIdentity.objects.exclude(claimed_at=None).exists()


@pytest.mark.django_db
def test_an_administrator_approves_where_there_is_no_address(forum: Forum) -> None:
    ben, admin = factories.person("ben"), factories.admin()
    with pytest.raises(NotAllowed):
        approve_claim(actor=factories.moderator(), identity_id=identity_of("Ben").pk, person=ben)
    with pytest.raises(Refused):
        approve_claim(actor=admin, identity_id=identity_of("Ben").pk, person=identity_of("Cat").user)
    approve_claim(actor=admin, identity_id=identity_of("Ben").pk, person=ben)
    assert Answer.objects.get(author=ben).thread.solved_at
    assert identity_of("Ben").claim_approved_by == admin
    assert AuditEntry.objects.get(verb="approve_claim").actor == admin
    with pytest.raises(Refused):
        approve_claim(actor=admin, identity_id=identity_of("Ben").pk, person=factories.person())


@pytest.mark.django_db
def test_an_answer_to_oneself_no_longer_counts_as_a_peers(forum: Forum) -> None:
    ann = member("ann", "ann@example.org")
    thread = ImportedItem.objects.get(kind="question", external_id="1").thread
    reply(actor=ann, thread_id=thread.pk, body="Same here.")
    thread.refresh_from_db()
    assert thread.peer_answer_count == 2
    claim_identity(actor=ann, identity_id=identity_of("Ann").pk)
    thread.refresh_from_db()
    assert thread.peer_answer_count == 1 and thread.asker_spoke_last
    assert no_number_has_drifted()


@pytest.mark.django_db
def test_thanks_for_what_turns_out_to_be_ones_own_are_taken_back(forum: Forum) -> None:
    ann = member("ann", "ann@example.org")
    own = ImportedItem.objects.get(kind="answer", external_id="20").answer
    vote(actor=ann, answer_id=own.pk)
    join(actor=ann, thread_id=ImportedItem.objects.get(kind="question", external_id="1").thread_id)
    claim_identity(actor=ann, identity_id=identity_of("Ann").pk)
    assert not Vote.objects.exists() and not MeToo.objects.exists()
    assert no_number_has_drifted()


@pytest.mark.django_db
def test_what_a_later_run_brings_goes_to_whoever_claimed(forum: Forum) -> None:
    ann = member("ann", "ann@example.org")
    claim_identity(actor=ann, identity_id=identity_of("Ann").pk)
    forum.write([question(3)], [])
    forum.load()
    assert Thread.objects.filter(asker=ann).count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_two_claims_at_once_one_wins(forum: Forum) -> None:
    identity = identity_of("Ann")
    admin = factories.admin()
    people = [factories.person(), factories.person()]
    barrier, outcomes = Barrier(2), []

    def claim(person: User) -> None:
        barrier.wait()
        try:
            approve_claim(actor=admin, identity_id=identity.pk, person=person)
            outcomes.append("won")
        except Refused:
            outcomes.append("refused")
        finally:
            connection.close()

    running = [Running(target=claim, args=(person,)) for person in people]
    for each in running:
        each.start()
    for each in running:
        each.join()
    assert sorted(outcomes) == ["refused", "won"]
    owner = identity_of("Ann").user
    assert owner in people and Answer.objects.filter(author=owner).count() == 2


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person, backend="community.accounts.auth_backend.StandingBackend")
    return client


@pytest.mark.django_db(transaction=True)
def test_a_member_claims_their_posts_on_the_imported_persons_page(forum: Forum) -> None:
    ann = member("ann", "ann@example.org")
    page = identity_of("Ann").user.get_absolute_url()
    claim = f"{page}claim/"
    assert claim in signed_in(ann).get(page).content.decode()
    assert signed_in(ann).post(claim).status_code == 303
    assert identity_of("Ann").user == ann
    assert signed_in(ann).post(claim).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_stranger_is_told_that_the_posts_are_not_theirs_to_claim(forum: Forum) -> None:
    claim = f"{identity_of('Ann').user.get_absolute_url()}claim/"
    assert signed_in(member("zoe", "zoe@example.org")).post(claim).status_code == 403
    assert Client().post(claim).status_code == 303
    assert not ImportedIdentity.objects.exclude(claimed_at=None).exists()


@pytest.mark.django_db(transaction=True)
def test_an_administrator_approves_a_claim_in_the_admin(forum: Forum) -> None:
    ben, boss = member("ben", "ben@elsewhere.org"), factories.admin()
    form = reverse("admin:community_importedidentity_change", args=[identity_of("Ben").pk])
    client = signed_in(boss)
    assert client.post(form, {"member": "nobody"}).status_code == 200
    assert client.post(form, {"member": "ben"}).status_code == 302
    assert identity_of("Ben").user == ben
    assert identity_of("Ben").claim_approved_by == boss
    assert 'name="member"' not in client.get(form).content.decode()
