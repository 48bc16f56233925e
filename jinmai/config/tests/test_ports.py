"""An instance does not start where another one answers."""

from __future__ import annotations

import socket

import pytest

from jinmai.config.instance import InstanceError, refuse_taken_ports


def test_port_that_somebody_listens_on_is_refused_by_its_number() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(InstanceError, match=f"^port {port}: Address already in use"):
            refuse_taken_ports(port)
    refuse_taken_ports(port)


def test_number_that_is_no_port_is_refused() -> None:
    with pytest.raises(InstanceError, match=r"^port 70000: ports go from 1 to 65535"):
        refuse_taken_ports(70000)
