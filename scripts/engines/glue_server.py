"""Serves Glue and S3 by moto, with what it lacks.

UpdateTable refuses a version that is not the current one: without it two Iceberg commits at once both succeed, and one is lost.
Column statistics are taken and forgotten: without them Trino cannot create a Hive table.
"""

import sys
import threading

from moto.core.exceptions import JsonRESTError
from moto.core.responses import ActionResult
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


def no_statistics(self):
    return ActionResult({"ColumnStatisticsList": [], "Errors": []})


GlueResponse.update_table = update_table_of_version
for kind in ("table", "partition"):
    for verb in ("update", "get", "delete"):
        setattr(GlueResponse, f"{verb}_column_statistics_for_{kind}", no_statistics)

if __name__ == "__main__":
    main(sys.argv[1:])
