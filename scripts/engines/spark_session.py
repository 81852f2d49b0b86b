"""A Spark session with Iceberg over a Glue server: one JSON request a line on stdin, one JSON answer a line on stdout.

Request: {"sql": "...", "ansi": bool?}. Answer: {"columns", "types", "rows"} or {"error", "message"}.
Values are given so that Node loses nothing: integers and decimals as text, maps as lists of pairs ordered by key.
"""

import base64
import datetime
import decimal
import json
import math
import os
import sys

from pyspark.sql import Row, SparkSession
from pyspark.errors import PySparkException


def session(jars: str, endpoint: str, warehouse: str) -> SparkSession:
    builder = (
        SparkSession.builder.master("local[2]")
        .appName("engines")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.memory", "1g")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.warehouse.dir", warehouse)
        .config("spark.sql.extensions", "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions")
        .config("spark.jars", jars)
    )
    if endpoint:
        catalog = "spark.sql.catalog.iceberg"
        builder = (
            builder.config(catalog, "org.apache.iceberg.spark.SparkCatalog")
            .config(f"{catalog}.catalog-impl", "org.apache.iceberg.aws.glue.GlueCatalog")
            .config(f"{catalog}.io-impl", "org.apache.iceberg.aws.s3.S3FileIO")
            .config(f"{catalog}.warehouse", "s3://warehouse/")
            .config(f"{catalog}.glue.endpoint", endpoint)
            .config(f"{catalog}.s3.endpoint", endpoint)
            .config(f"{catalog}.s3.path-style-access", "true")
            .config(f"{catalog}.client.region", "us-east-1")
        )
    return builder.getOrCreate()


def value_of(value):
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        if math.isnan(value):
            return "NaN"
        return value if math.isfinite(value) else ("Infinity" if value > 0 else "-Infinity")
    if isinstance(value, decimal.Decimal):
        return format(value, "f")
    if isinstance(value, datetime.datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S.%f")
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, (bytes, bytearray)):
        return base64.b64encode(bytes(value)).decode()
    if isinstance(value, (Row, list, tuple)):
        return [value_of(part) for part in value]
    if isinstance(value, dict):
        return {str(value_of(key)): value_of(entry) for key, entry in value.items()}
    raise TypeError(f"no text form for {type(value).__name__}")


def answer(spark: SparkSession, request: dict) -> dict:
    try:
        spark.conf.set("spark.sql.ansi.enabled", "true" if request.get("ansi") else "false")
        frame = spark.sql(request["sql"])
        rows = [[value_of(value) for value in row] for row in frame.collect()]
        return {"columns": frame.columns, "types": [field.dataType.simpleString() for field in frame.schema.fields], "rows": rows}
    except PySparkException as error:
        return {"error": error.getErrorClass() or type(error).__name__, "message": str(error)[:2000]}
    except Exception as error:  # a Java exception without an error class
        return {"error": type(error).__name__, "message": str(error)[:2000]}


def main() -> None:
    # Spark's own output must not stand between the answers.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    spark = session(*sys.argv[1:4])
    spark.sparkContext.setLogLevel("ERROR")
    answers.write("{}\n")
    answers.flush()
    for line in sys.stdin:
        answers.write(json.dumps(answer(spark, json.loads(line))) + "\n")
        answers.flush()
    spark.stop()


main()
