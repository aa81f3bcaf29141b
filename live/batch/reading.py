"""Reads all sources of a run: plans the tasks, and keeps what comes of them. Knows no output and prints nothing itself."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path

from live.batch.archive_files import TarContents, kind_of_archive
from live.batch.engine import LocalEngine
from live.batch.journal import FAILED, PASSED, Journal, Waiting
from live.batch.options import BatchOptions
from live.batch.progress import Progress
from live.batch.records import CHUNK, Finished, Message, Opened, PageRead, PassedOver, Problem, Source, Task, Unchanged
from live.core.errors import SourceError
from live.core.settings import LimitsSettings


class SourcesReading:
    """The reading of one run."""

    def __init__(self, journal: Journal, options: BatchOptions, limits: LimitsSettings, progress: Progress) -> None:
        """journal: the sources are enlisted there."""
        self._journal, self._options, self._limits, self._progress = journal, options, limits, progress
        self._planned = journal.totals().pages
        self._left_to_sample = options.sample
        self._waiting: Iterator[Waiting] = journal.waiting(
            again=options.changed_only, is_mixed=options.sample is not None
        )
        self._next: deque[Task] = deque()
        self._in_hand: dict[int, int] = {}
        """How many tasks of a source are planned or being read."""
        self._counts: dict[int, int] = {}
        """How many pages the sources in hand have."""
        self._tars = TarContents()
        self._tar_paths: dict[str, bool] = {}
        self.sampled_pages: list[int] = []
        """Of each file of a sample, how many pages it has."""

    def run(self, engine: LocalEngine, stopped: Callable[[], bool]) -> None:
        """Read until all is read, or the run is to stop."""
        try:
            for told in engine.run(self._next_task, stopped):
                if told is not None:
                    self._keep(*told)
                self._journal.commit_if_due()
                self._progress.show()
        finally:
            self._tars.close()

    # what is read next

    def _next_task(self) -> Task | None:
        """The next task, if there is one now."""
        while not self._next:
            if self._room() == 0 or self._left_to_sample == 0:
                return None
            waiting = next(self._waiting, None)
            if waiting is None:
                return None
            if self._left_to_sample is not None:
                self._left_to_sample -= 1
            self._plan(waiting)
        return self._next.popleft()

    def _room(self) -> int | None:
        """How many pages may still be planned; None: any number."""
        return None if self._options.limit is None else max(0, self._options.limit - self._planned)

    def _plan(self, waiting: Waiting) -> None:
        """Plan the tasks of a source that waits."""
        source, room = waiting.source, self._room()
        self._in_hand[source.id] = 0
        if not waiting.digest:
            self._journal.forget_problems(source.id)
        if waiting.pages is not None and not waiting.digest:
            self._counts[source.id] = waiting.pages
            self._plan_pages(source, self._journal.missing(source.id, waiting.pages), is_new=True)
            return
        most = CHUNK if room is None and self._options.sample is None else 1
        if source.entry is not None and self._is_in_tar(source):
            self._plan_content(
                source, Task(source, most=self._limits.pages if room is None else most, digest=waiting.digest)
            )
        else:
            self._add(Task(source, most=most, digest=waiting.digest), pages=0 if waiting.digest else 1)

    def _plan_pages(self, source: Source, pages: tuple[int, ...], *, is_new: bool = False) -> None:
        """Plan these pages of a source; as many as the limit leaves."""
        room = self._room()
        most = 1 if self._options.sample is not None else room
        if self._options.sample is not None and not is_new:
            return
        pages = pages if most is None else pages[:most]
        if pages and source.entry is not None and self._is_in_tar(source):
            self._plan_content(source, Task(source, pages))
            return
        for start in range(0, len(pages), CHUNK):
            part = pages[start : start + CHUNK]
            self._add(Task(source, part), pages=len(part))
        if not pages and is_new:
            self._end_source(source)

    def _plan_content(self, source: Source, task: Task) -> None:
        """Plan a task whose file is read here, since a tar is read from its start to its end."""
        try:
            content = self._tars.read(source.path, source.entry or 0, source.name, self._limits)
        except SourceError as error:
            self._keep_problem(source, Problem(0, str(error)))
            self._end_source(source)
            return
        self._add(Task(source, task.pages, task.most, task.digest, content), pages=len(task.pages or (1,)))

    def _add(self, task: Task, pages: int) -> None:
        """Add a task to those that are planned."""
        self._in_hand[task.source.id] += 1
        self._planned += pages
        self._next.append(task)

    def _is_in_tar(self, source: Source) -> bool:
        """Whether an archive is a tar."""
        if source.path not in self._tar_paths:
            try:
                self._tar_paths[source.path] = kind_of_archive(Path(source.path)) == "tar"
            except OSError:  # told by who reads it
                self._tar_paths[source.path] = False
        return self._tar_paths[source.path]

    # what came of it

    def _keep(self, task: Task, message: Message) -> None:
        """Keep what a process tells."""
        source = task.source
        if isinstance(message, Opened):
            self._journal.open(source.id, message.pages, message.digest)
            self._counts[source.id] = message.pages
        elif isinstance(message, PageRead):
            self._journal.add_page(source.id, message)
            self._progress.add(message.numbers, message.review, message.seconds)
        elif isinstance(message, Problem):
            self._keep_problem(source, message)
        elif isinstance(message, PassedOver):
            self._journal.settle(source.id, PASSED)
            self._counts[source.id] = 0
        elif isinstance(message, Unchanged):
            self._counts[source.id] = 0
        elif isinstance(message, Finished):
            self._finish(task)

    def _keep_problem(self, source: Source, problem: Problem) -> None:
        """Keep why something wasn't read."""
        self._journal.add_problem(source.id, problem)
        self._progress.failed += not problem.is_partial
        if problem.page == 0:
            self._journal.settle(source.id, FAILED)
            self._counts[source.id] = 0

    def _finish(self, task: Task) -> None:
        """A task is done: go on with the source's other pages, or end it."""
        source = task.source
        self._in_hand[source.id] -= 1
        pages = self._counts.get(source.id, 0)
        if task.pages is None:
            self.sampled_pages.append(pages)
            if pages > task.most:
                self._plan_pages(source, self._journal.missing(source.id, pages))
        if self._in_hand[source.id] == 0:
            self._end_source(source)

    def _end_source(self, source: Source) -> None:
        """Nothing more of a source is read in this run."""
        pages = self._counts.pop(source.id, 0)
        if pages and not self._journal.missing(source.id, pages):
            self._journal.settle(source.id)
        del self._in_hand[source.id]
        self._progress.settled += 1
