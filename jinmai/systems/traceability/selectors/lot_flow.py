"""The most that can flow through a net of lots: what every code, count and weighing leave possible together.

Dinic's method. Pure computing: nothing is read here.
"""

from __future__ import annotations

from collections import deque
from typing import Final

UNBOUNDED: Final = 1 << 62


class FlowNet:
    """A net from a source to a drain; nodes and edges have capacities, amounts are whole numbers."""

    def __init__(self) -> None:
        self._out: list[list[int]] = []  # edges that leave a node; an edge's way back has its number ^ 1
        self._head: list[int] = []
        self._room: list[int] = []
        self._numbers: dict[tuple[int, bool], int] = {}
        self.source, self.drain = self._new(), self._new()

    def add_node(self, name: int, most: int | None) -> None:
        """A node through which ``most`` can flow; None is without bound."""
        entry, leaving = self._new(), self._new()
        self._numbers[name, True], self._numbers[name, False] = entry, leaving
        self._join(entry, leaving, most)

    def add_edge(self, begin: int, end: int, most: int | None) -> None:
        """From one node to another."""
        self._join(self._numbers[begin, False], self._numbers[end, True], most)

    def add_source(self, name: int) -> None:
        """Let anything in at a node."""
        self._join(self.source, self._numbers[name, True], None)

    def add_drain(self, name: int, most: int | None) -> None:
        """Let so much out at a node."""
        self._join(self._numbers[name, False], self.drain, most)

    def push(self) -> int:
        """Send as much more as fits from the source to the drain; how much that is."""
        sent = 0
        while level := self._levels():
            at = [0] * len(self._out)
            while more := self._augment(level, at):
                sent += more
                if sent >= UNBOUNDED:
                    return sent
        return sent

    def _new(self) -> int:
        self._out.append([])
        return len(self._out) - 1

    def _join(self, begin: int, end: int, most: int | None) -> None:
        for here, there, room in ((begin, end, UNBOUNDED if most is None else most), (end, begin, 0)):
            self._out[here].append(len(self._head))
            self._head.append(there)
            self._room.append(room)

    def _levels(self) -> list[int] | None:
        """How far each node is from the source; None where the drain is out of reach."""
        level = [-1] * len(self._out)
        level[self.source] = 0
        waiting = deque([self.source])
        while waiting:
            node = waiting.popleft()
            for edge in self._out[node]:
                if self._room[edge] and level[self._head[edge]] < 0:
                    level[self._head[edge]] = level[node] + 1
                    waiting.append(self._head[edge])
        return level if level[self.drain] >= 0 else None

    def _augment(self, level: list[int], at: list[int]) -> int:
        """Send along one shortest way; ``at`` remembers which edges led nowhere."""
        way: list[int] = []
        node = self.source
        while node != self.drain:
            edges = self._out[node]
            while at[node] < len(edges) and not self._leads_on(edges[at[node]], node, level):
                at[node] += 1
            if at[node] < len(edges):
                way.append(edges[at[node]])
                node = self._head[way[-1]]
            elif way:
                node = self._head[way.pop() ^ 1]
                at[node] += 1
            else:
                return 0
        more = min(self._room[edge] for edge in way)
        for edge in way:
            self._room[edge] -= more
            self._room[edge ^ 1] += more
        return more

    def _leads_on(self, edge: int, node: int, level: list[int]) -> bool:
        return self._room[edge] > 0 and level[self._head[edge]] == level[node] + 1
