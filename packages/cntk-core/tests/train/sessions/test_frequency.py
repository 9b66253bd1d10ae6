from __future__ import annotations

from cntk.train.sessions.frequency import Frequency, Progress, Recurring


def test_what_was_due_before_a_restart_happens_first():
    for times, expected in ((None, []), (3, []), (2, [2]), (0, [])):
        calls = []
        action = Recurring(Frequency(10), calls.append)
        action.begin(Progress(samples=35), times)
        assert calls == expected
        assert action.times == 3
