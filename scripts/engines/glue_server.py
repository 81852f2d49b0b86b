"""Serves Glue and S3 by moto, with the one thing it lacks: UpdateTable refuses a version that is not the current one.

Without it two Iceberg commits at once both succeed, and one of them is lost.
"""

import sys
import threading

from moto.core.exceptions import JsonRESTError
from moto.glue.responses import GlueResponse
from moto.server import main

LOCK = threading.Lock()
update_table = GlueResponse.update_table


def update_table_of_version(self):
    with LOCK:
        expected = self.parameters.get("VersionId")
        if expected is not None:
            name = self.parameters["TableInput"]["Name"]
            table = self.glue_backend.get_table(self.parameters.get("DatabaseName"), name)
            current = table.as_dict()["VersionId"]
            if str(expected) != current:
                raise JsonRESTError("ConcurrentModificationException", f"table {name} is at version {current}")
        return update_table(self)


GlueResponse.update_table = update_table_of_version

if __name__ == "__main__":
    main(sys.argv[1:])
