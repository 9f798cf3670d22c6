"""The words of threads for searching, written by triggers: exact whoever writes, and no cost to an answer."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models

# How words are compared: case and accents do not matter, punctuation parts words, and each Chinese or Japanese sign is a
# word of its own (found as a phrase), because those languages put no spaces between words.
FOLD = r"""
CREATE FUNCTION community_fold(value text) RETURNS text IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql AS $$
    SELECT regexp_replace(
        replace(replace(replace(translate(lower(regexp_replace(
            normalize(value, NFKD), '[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u3099\u309a\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]', '', 'g')),
            E'!"#$%&''()*+,-./:;<=>?@[\\]^_`{|}~øłđıð\u2010\u2011\u2012\u2013\u2014\u2018\u2019\u201c\u201d\u201e«»…·•\n\t',
            repeat(' ', 32) || 'oldid' || repeat(' ', 17)),
            'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'),
        '([\u3041-\u30ff\u3400-\u9fff\uf900-\ufaff])', ' \1 ', 'g')
$$;
"""

# A title counts most (A), then the text (B), the solution in force (C) and the tags (D). Only so much of a text as one
# reads: PostgreSQL keeps no more than a megabyte of words, and the problem is told at the beginning.
WORDS = """
CREATE FUNCTION community_words_of(threads bigint[]) RETURNS TABLE (thread_id bigint, words tsvector)
STABLE LANGUAGE sql AS $$
    SELECT t.id,
           setweight(to_tsvector('simple', community_fold(t.title)), 'A')
           || setweight(to_tsvector('simple', community_fold(left(t.body, 20000))), 'B')
           || coalesce((
               SELECT setweight(to_tsvector('simple', community_fold(left(a.body, 20000))), 'C')
               FROM community_solution s JOIN community_answer a ON a.id = s.answer_id
               WHERE s.thread_id = t.id AND s.withdrawn_at IS NULL), '')
           || coalesce((
               SELECT setweight(to_tsvector('simple', community_fold(string_agg(g.name, ' ' ORDER BY g.id))), 'D')
               FROM community_taggedthread tt JOIN community_tag g ON g.id = tt.tag_id
               WHERE tt.content_object_id = t.id), '')
    FROM community_thread t WHERE t.id = ANY (threads)
$$;
CREATE FUNCTION community_write_words(threads bigint[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO community_threadwords AS known (thread_id, words)
    SELECT thread_id, words FROM community_words_of(threads)
    ON CONFLICT (thread_id) DO UPDATE SET words = EXCLUDED.words WHERE known.words <> EXCLUDED.words
$$;
"""
DROP_WORDS = """
DROP FUNCTION community_write_words(bigint[]);
DROP FUNCTION community_words_of(bigint[]);
DROP FUNCTION community_fold(text);
"""

TRIGGERS = """
CREATE FUNCTION community_threads_made() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM community_write_words(ARRAY(SELECT id FROM made));
    RETURN NULL;
END $$;
CREATE TRIGGER words_of_new AFTER INSERT ON community_thread REFERENCING NEW TABLE AS made
    FOR EACH STATEMENT EXECUTE FUNCTION community_threads_made();

CREATE FUNCTION community_thread_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM community_write_words(ARRAY[NEW.id]);
    RETURN NULL;
END $$;
CREATE TRIGGER words_of_changed AFTER UPDATE OF title, body ON community_thread
    FOR EACH ROW WHEN (OLD.title <> NEW.title OR OLD.body <> NEW.body) EXECUTE FUNCTION community_thread_changed();

CREATE FUNCTION community_tagged_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM community_write_words(ARRAY(SELECT DISTINCT content_object_id FROM changed));
    RETURN NULL;
END $$;
CREATE TRIGGER words_of_tagged AFTER INSERT ON community_taggedthread REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION community_tagged_changed();
CREATE TRIGGER words_of_untagged AFTER DELETE ON community_taggedthread REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION community_tagged_changed();

CREATE FUNCTION community_tag_renamed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM community_write_words(
        ARRAY(SELECT content_object_id FROM community_taggedthread WHERE tag_id = NEW.id));
    RETURN NULL;
END $$;
CREATE TRIGGER words_of_tag AFTER UPDATE OF name ON community_tag
    FOR EACH ROW WHEN (OLD.name <> NEW.name) EXECUTE FUNCTION community_tag_renamed();

CREATE FUNCTION community_solution_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM community_write_words(ARRAY[NEW.thread_id]);
    RETURN NULL;
END $$;
CREATE TRIGGER words_of_solution AFTER INSERT OR UPDATE OF answer_id, withdrawn_at ON community_solution
    FOR EACH ROW EXECUTE FUNCTION community_solution_changed();

CREATE TRIGGER words_of_solving_answer AFTER UPDATE OF body ON community_answer
    FOR EACH ROW WHEN (OLD.body <> NEW.body) EXECUTE FUNCTION community_solution_changed();
"""
DROP_TRIGGERS = """
DROP TRIGGER words_of_solving_answer ON community_answer;
DROP TRIGGER words_of_solution ON community_solution;
DROP TRIGGER words_of_tag ON community_tag;
DROP TRIGGER words_of_untagged ON community_taggedthread;
DROP TRIGGER words_of_tagged ON community_taggedthread;
DROP TRIGGER words_of_changed ON community_thread;
DROP TRIGGER words_of_new ON community_thread;
DROP FUNCTION community_solution_changed();
DROP FUNCTION community_tag_renamed();
DROP FUNCTION community_tagged_changed();
DROP FUNCTION community_thread_changed();
DROP FUNCTION community_threads_made();
"""

# What is there already, in portions that the database can hold in mind.
FILL = """
DO $$
DECLARE portion bigint[];
BEGIN
    FOR portion IN
        SELECT array_agg(id) FROM (SELECT id, (row_number() OVER (ORDER BY id)) / 1000 AS part FROM community_thread) t
        GROUP BY part
    LOOP
        PERFORM community_write_words(portion);
    END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("community", "0002_rules")]

    operations = [
        migrations.CreateModel(
            name="ThreadWords",
            fields=[
                (
                    "thread",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="words",
                        serialize=False,
                        to="community.thread",
                    ),
                ),
                ("words", django.contrib.postgres.search.SearchVectorField()),
            ],
            options={
                'indexes': [
                    django.contrib.postgres.indexes.GinIndex(fields=["words"], name="thread_words"),
                ],
            },
        ),
        migrations.RunSQL(FOLD + WORDS, DROP_WORDS),
        migrations.RunSQL(TRIGGERS, DROP_TRIGGERS),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
