"""An order of deeds in time: what the demo does is written down by subject and done day by day."""

from datetime import datetime, time, timedelta

from core.dates import PARK_ZONE
from reports.demo.steps import spread


class Agenda:
    """Deeds with the moment each was recorded. Nothing is recorded after `now`."""

    def __init__(self, now):
        self.now = now
        self._deeds = []

    def at(self, day, about, *, not_before=None):
        """A moment in office hours of `day`, always the same for the same text; later than `not_before`."""
        minutes = 9 * 60 + spread(about, 8 * 60)
        moment = datetime.combine(day, time(minutes // 60, minutes % 60), tzinfo=PARK_ZONE)
        if not_before is not None and moment <= not_before:
            moment = not_before + timedelta(minutes=1)
        return min(moment, self.now)

    def add(self, moment, deed):
        self._deeds.append((moment, len(self._deeds), deed))

    def carry_out(self):
        for moment, _order, deed in sorted(self._deeds, key=lambda entry: entry[:2]):
            deed(moment)
