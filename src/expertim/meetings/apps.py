from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    name = "expertim.meetings"
    label = "meetings"
    protected_tables = True  # the application reads them; only our SQL functions write

    def ready(self) -> None:
        from expertim.meetings import rooms
        from expertim.meetings.actions import forget_requests, ring_due
        from expertim.meetings.kinds import KINDS, MISSING, MOVED
        from expertim.meetings.mails import missing, moved, own_calendar
        from expertim.meetings.mails.letters import write
        from expertim.meetings.reliability import count_due
        from expertim.meetings.watched import living, oldest_bell
        from expertim.notifications.kinds import register
        from expertim.outbox.health import add_overdue
        from expertim.outbox.keeping import keep_what_is_about
        from expertim.outbox.worker import add_pass, add_sender

        register(KINDS, write=write)
        register([MOVED], write=moved.write)
        register([MISSING], write=missing.write)
        add_sender("calendar", own_calendar.send)
        add_sender("room", rooms.send)
        add_overdue(oldest_bell)
        keep_what_is_about(living)
        add_pass("meetings", lambda limit: ring_due(limit=limit))
        add_pass("rooms looked after", lambda limit: rooms.look_after(limit=limit), every=5)
        add_pass("rooms not in place", lambda limit: rooms.tell_of_missing(limit=limit), every=60)
        add_pass("reliability of experts", lambda limit: count_due(limit=limit), every=30)
        add_pass("old request keys", lambda limit: forget_requests(limit=limit), every=3600)
