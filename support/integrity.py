"""Every invariant of the desk as a query that must return no row (see community/integrity.py)."""

#: sentence -> query returning (kind, id, detail)
INVARIANTS: dict[str, str] = {
    "At most one escalation of a question is open": """
        SELECT 'thread', thread_id, format('%s open', count(*)) FROM support_escalation
        WHERE ended_at IS NULL GROUP BY thread_id HAVING count(*) > 1""",
    "At most one ticket per question and requester is open": """
        SELECT 'thread', thread_id, format('%s open of %s', count(*), requester_id) FROM support_ticket
        WHERE thread_id IS NOT NULL AND merged_into_id IS NULL AND status NOT IN ('resolved', 'closed')
        GROUP BY thread_id, requester_id HAVING count(*) > 1""",
    "A question knows whether it is escalated": """
        SELECT 'thread', t.id, format('escalated_at %s', t.escalated_at) FROM community_thread t
        WHERE NOT t.is_imported AND (t.escalated_at IS NOT NULL) <> EXISTS (
            SELECT 1 FROM support_escalation e WHERE e.thread_id = t.id AND e.ended_at IS NULL)""",
    "A ticket is due when the first of its running promises is": """
        SELECT 'ticket', t.id, format('due_at %s, promises %s', t.due_at, c.due) FROM support_ticket t
        LEFT JOIN (SELECT ticket_id, min(due_at) AS due FROM support_slaclock
                   WHERE met_at IS NULL AND dropped_at IS NULL GROUP BY ticket_id) c ON c.ticket_id = t.id
        WHERE t.due_at IS DISTINCT FROM c.due""",
    "Promises end with the ticket, and rest while we wait for the customer": """
        SELECT 'slaclock', c.id, format('%s of a ticket that is %s', c.kind, t.status) FROM support_slaclock c
        JOIN support_ticket t ON t.id = c.ticket_id
        WHERE c.met_at IS NULL AND c.dropped_at IS NULL
          AND (t.status IN ('resolved', 'closed') OR t.status = 'waiting' AND c.started_at IS NOT NULL)""",
    "Messages are numbered densely, and the ticket knows the last number": """
        SELECT 'ticket', t.id, format('last_position %s, messages %s', t.last_position, coalesce(m.n, 0))
        FROM support_ticket t LEFT JOIN (
            SELECT ticket_id, count(*) AS n, max(position) AS highest FROM support_ticketmessage GROUP BY ticket_id
        ) m ON m.ticket_id = t.id
        WHERE t.last_position <> coalesce(m.highest, 0) OR coalesce(m.n, 0) <> coalesce(m.highest, 0)""",
    "An open escalation is of a ticket that is not done": """
        SELECT 'escalation', e.id, format('ticket %s is %s', t.id, t.status) FROM support_escalation e
        JOIN support_ticket t ON t.id = e.ticket_id
        WHERE e.ended_at IS NULL
          AND (t.status IN ('resolved', 'closed') OR t.thread_id IS DISTINCT FROM e.thread_id)""",
    "Every ticket was opened once": """
        SELECT 'ticket', t.id, 'events: ' || count(e.id) FROM support_ticket t
        LEFT JOIN support_ticketevent e ON e.ticket_id = t.id AND e.kind = 'opened'
        GROUP BY t.id HAVING count(e.id) <> 1""",
    "Tickets are counted as they are": """
        SELECT 'tally', coalesce(t.queue_id, c.queue_id), format('%s tickets, counted %s', coalesce(t.n, 0), c.n)
        FROM (SELECT queue_id, status, priority, coalesce(assignee_id, 0) AS who, coalesce(board_id, 0) AS place,
                     channel, count(*) AS n FROM support_ticket GROUP BY 1, 2, 3, 4, 5, 6) t
        FULL JOIN (SELECT queue_id, status, priority, coalesce(assignee_id, 0) AS who, coalesce(board_id, 0) AS place,
                          channel, sum(count) AS n FROM support_tickettally GROUP BY 1, 2, 3, 4, 5, 6
                   HAVING sum(count) <> 0) c USING (queue_id, status, priority, who, place, channel)
        WHERE t.n IS DISTINCT FROM c.n""",
    "What was said since staff last spoke is what a customer waits for": """
        SELECT 'ticket', t.id, format('waits since %s', t.customer_waits_since) FROM support_ticket t
        WHERE t.customer_waits_since IS NOT NULL AND t.status NOT IN ('new', 'open', 'on_hold')""",
    "A merged ticket has no messages, and what it was merged into is the same customer's": """
        SELECT 'ticket', t.id, format('%s messages, into %s', t.last_position, t.merged_into_id) FROM support_ticket t
        JOIN support_ticket o ON o.id = t.merged_into_id
        WHERE t.last_position <> 0 OR o.requester_id <> t.requester_id""",
    "A file stands in the ticket of its message or note": """
        SELECT 'ticketattachment', a.id, format('ticket %s', a.ticket_id) FROM support_ticketattachment a
        LEFT JOIN support_ticketmessage m ON m.id = a.message_id
        LEFT JOIN support_ticketnote n ON n.id = a.note_id
        WHERE a.ticket_id <> coalesce(m.ticket_id, n.ticket_id)""",
    "Whoever has a ticket took it or was given it": """
        SELECT 'ticket', t.id, format('of %s', t.assignee_id) FROM support_ticket t
        WHERE t.assignee_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM support_ticketevent e WHERE e.ticket_id = t.id
                AND (e.person_id = t.assignee_id AND e.kind IN ('claimed', 'assigned')
                     OR e.actor_id = t.assignee_id AND e.kind = 'replied'))""",
    "Every change of a ticket by staff is in the audit log": """
        SELECT 'ticketevent', e.id, e.kind FROM support_ticketevent e
        WHERE e.actor_id IS NOT NULL
          AND e.kind IN ('assigned', 'released', 'moved', 'prioritised', 'retagged', 'split', 'no_reply')
          AND NOT EXISTS (
            SELECT 1 FROM community_auditentry a
            WHERE a.object_kind = 'ticket' AND a.object_id = e.ticket_id AND a.actor_id = e.actor_id)""",
    "Every import of contacts knows how many it brought": """
        SELECT 'contactimport', i.id, format('new %s, contacts %s', i.new, coalesce(c.n, 0))
        FROM support_contactimport i
        LEFT JOIN (SELECT brought_id, count(*) AS n FROM support_outsidecontact GROUP BY 1) c ON c.brought_id = i.id
        WHERE i.new <> coalesce(c.n, 0)""",
    "A month has one baseline of each channel, and the last row is the one in force": """
        SELECT 'baseline', b.id, format('replaced, and no later row of %s', b.month) FROM support_baseline b
        WHERE b.replaced_at IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM support_baseline n WHERE n.month = b.month AND n.channel = b.channel AND n.id > b.id)""",
}
