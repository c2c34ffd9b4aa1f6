"""The sockets on which front ends reach the kernel."""

import zmq

KINDS = {"shell": zmq.ROUTER, "control": zmq.ROUTER, "stdin": zmq.ROUTER, "hb": zmq.ROUTER, "iopub": zmq.XPUB}


def front_sockets(context: zmq.Context, connection: dict) -> dict[str, zmq.Socket]:
    """Sockets at the addresses that the front end was told, by the names of their channels."""
    between = "-" if connection["transport"] == "ipc" else ":"
    made = {name: context.socket(kind) for name, kind in KINDS.items()}
    for name, found in made.items():
        found.linger = 1000
        if name == "iopub":
            # A front end that is slow is to lose nothing; one that reads no more loses in the end.
            found.sndhwm = 1_000_000
        else:
            # A front end that connects anew does so under its old name.
            found.router_handover = True
        found.bind(f"{connection['transport']}://{connection['ip']}{between}{connection[f'{name}_port']}")
    return made
