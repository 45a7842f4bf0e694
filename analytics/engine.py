"""The only place that connects to a database. DuckDB inside this process by default; by URL Spark or PostgreSQL.

One DuckDB instance serves the process, with a memory limit and a folder to spill to; every session works on its
own cursor, since a connection shared by threads is unsafe. After start-up the instance may read and write only the
folders it was given and loads no extension; DuckDB does not let a running instance take that back. (Locking the
rest of the configuration is not possible: Ibis sets the time zone on every cursor it is given. See docs/adr/0002.)

On Spark the same expressions run on the cluster, and tables are Parquet folders that both sides can reach. PostgreSQL
is a source only: a table is brought over (analytics/source_tables.py), and nothing is ever written to it.
"""

from __future__ import annotations

import difflib
import importlib
import importlib.util
import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import duckdb
import ibis
import pyarrow as pa
import pyarrow.parquet as pq

from analytics.errors import AnalyticsError
from analytics.i18n import msg

EngineName = Literal["duckdb", "spark", "postgres"]

_start = threading.Lock()
_PARQUET = {"COMPRESSION": "lz4", "PARQUET_VERSION": "v2"}  # half the size of DuckDB's usual way in the same time
_SPARK_SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",  # a shop's wall time has no zone
    "spark.sql.ansi.enabled": "true",  # what overflows fails, as in DuckDB
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",  # money stays exact
    "spark.sql.execution.arrow.pyspark.enabled": "true",
}


@dataclass(frozen=True)
class Engine:
    """A session's way to tables. Not to be shared by threads; ``session()`` gives the next thread its own."""

    backend: Any  # an Ibis backend; Ibis has no public type that covers all of them
    name: EngineName = "duckdb"

    @property
    def computes(self) -> bool:
        """Whether datasets are prepared and models run here; False for a mere source of tables."""
        return self.name != "postgres"

    @property
    def problems(self) -> tuple[type[Exception], ...]:
        """What the database raises when a table cannot be read: no permission, no such path, connection lost."""
        if self.name == "spark":
            return (importlib.import_module("pyspark.errors").PySparkException,)
        return (importlib.import_module("psycopg").Error,) if self.name == "postgres" else (duckdb.Error,)

    def read_parquet(self, path: Path) -> ibis.Table:
        """A Parquet file, or a folder of such files, as a lazy table."""
        if self.name == "duckdb" and path.is_dir():
            path = path / "*.parquet"  # as Spark writes it
        return self.backend.read_parquet(path)

    def session(self) -> Engine:
        """An engine for another thread over the same instance."""
        return embedded()

    def close(self) -> None:
        """Hang up on a source; Spark and DuckDB serve the whole process and stay."""
        if self.name == "postgres":
            self.backend.disconnect()

    def table(self, name: str) -> ibis.Table:
        """A table of a database by name, "schema.table" where it is not in the default one.

        Raises AnalyticsError (engine.no_table, with the nearest name).
        """
        schema, _, table = name.rpartition(".")
        try:
            return self.backend.table(table, database=schema or None)
        except ibis.common.exceptions.TableNotFound:
            near = difflib.get_close_matches(name, self.table_names(), n=1)
            hint = msg("是不是 {near}？", near=near[0]) if near else msg("表名写成 schema.table 的样子，注意大小写。")
            raise AnalyticsError("engine.no_table", msg("没有“{name}”这张表。", name=name), hint) from None

    def table_names(self) -> tuple[str, ...]:
        """The tables and views that can be read, with their schema, in alphabetical order."""
        hidden = ("pg_catalog", "information_schema", "pg_toast")
        schemas = [name for name in self.backend.list_databases() if not name.startswith(hidden)]
        return tuple(
            sorted(f"{schema}.{table}" for schema in schemas for table in self.backend.list_tables(database=schema))
        )

    def batches(self, table: ibis.Table, rows: int) -> Iterator[pa.RecordBatch]:
        """The rows of an expression in its order, never all of them in memory."""
        if self.name != "spark":
            yield from table.to_pyarrow_batches(chunk_size=rows)
            return
        # Ibis would bring everything to this process at once. Parts are numbered in the order of the rows.
        folder = work_root() / "spill"
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as home:
            self.backend.to_parquet(table, Path(home) / "rows")
            for part in sorted((Path(home) / "rows").glob("part-*.parquet")):
                with pq.ParquetFile(part) as file:
                    yield from file.iter_batches(rows)

    def instants(self, table: ibis.Table) -> frozenset[str]:
        """The columns that hold points in time rather than wall times; for Spark, Ibis does not tell."""
        if self.name == "spark":
            fields = self.backend.raw_sql(self.backend.compile(table)).schema.fields
            return frozenset(field.name for field in fields if field.dataType.typeName() == "timestamp")
        kinds = table.schema().items()
        return frozenset(name for name, kind in kinds if kind.is_timestamp() and kind.timezone is not None)

    def numbered(self, table: ibis.Table, column: str, first: int) -> ibis.Table:
        """A table with a row number from ``first`` on, in the order the engine reads it (Spark only).

        Spark numbers rows within its partitions; what stands before each partition is added.
        """
        functions: Any = importlib.import_module("pyspark.sql.functions")
        frame = self.backend.raw_sql(self.backend.compile(table))
        frame = frame.select(functions.monotonically_increasing_id().alias(column), "*")
        view = f"zhike_{threading.get_ident()}_{id(frame)}"
        frame.createOrReplaceTempView(view)
        rows = self.backend.table(view)
        part = (rows[column] // 2**33).cast("int64")
        counts = rows.group_by(part=part).aggregate(n=rows.count()).order_by("part").to_pyarrow().to_pylist()
        before, starts = first, []
        for found in counts:
            starts.append((part == found["part"], before))
            before += found["n"]
        start = ibis.cases(*starts, else_=first) if starts else ibis.literal(first)
        return rows.mutate(**{column: (rows[column] % 2**33 + start).cast("int64")})

    def write_parquet(self, table: ibis.Table, path: Path) -> int:
        """Write an expression to a Parquet file without holding it in memory; returns the number of rows.

        The file appears whole or not at all (temporary name, then rename).
        """
        unfinished = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}.part")
        try:
            options = _PARQUET if self.name == "duckdb" else {}
            self.backend.to_parquet(table, unfinished, **options)
            for part in unfinished.glob("*.parquet") if unfinished.is_dir() else [unfinished]:
                with part.open("rb+") as file:
                    os.fsync(file.fileno())
            unfinished.replace(path)
        finally:
            if unfinished.is_dir():
                shutil.rmtree(unfinished)
            unfinished.unlink(missing_ok=True)
        return int(self.read_parquet(path).count().execute())


def computed(table: ibis.Table) -> ibis.Table:
    """The table, computed now and kept for later steps.

    DuckDB's cache does so by itself. Spark's is lazy: steps on steps would all be computed in one go, each holding its
    memory at the same time.
    """
    kept = table.cache()
    if kept.get_backend().name == "pyspark":
        kept.count().execute()
    return kept


def work_root() -> Path:
    """The folder under which all of Zhike's own files lie: $ZHIKE_HOME, else a folder in the user's cache."""
    home = os.environ.get("ZHIKE_HOME")
    if home:
        return Path(home)
    base = os.environ.get("LOCALAPPDATA") or os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "zhike"


@lru_cache(maxsize=1)
def _instance() -> duckdb.DuckDBPyConnection:
    root = work_root()
    root.mkdir(parents=True, exist_ok=True)
    spill = root / "spill"
    spill.mkdir(exist_ok=True)
    con = duckdb.connect(
        ":memory:",
        config={
            "memory_limit": os.environ.get("ZHIKE_MEMORY", "4GB"),
            "temp_directory": str(spill),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "preserve_insertion_order": False,
        },
    )
    folders = ", ".join("'" + str(p).replace("'", "''") + "'" for p in (root, Path(tempfile.gettempdir())))
    con.execute(f"SET allowed_directories = [{folders}]")
    con.execute("SET enable_external_access = false")
    return con


def embedded() -> Engine:
    """An Engine over this process's DuckDB, for the calling thread alone."""
    with _start:
        cursor = _instance().cursor()
        return Engine(ibis.duckdb.from_connection(cursor))


def connect(url: str | None = None) -> Engine:
    """The engine for a URL.

    None, duckdb          the one in this process
    spark://host:7077, pyspark://local[2], sc://host:15002     Apache Spark: a master, any master, Spark Connect
    postgres://user:password@host:5432/database                PostgreSQL as a source of tables, read only
    Raises AnalyticsError: engine.unsupported, engine.missing_driver, engine.no_connection. No message repeats the
    URL, since it may hold a password.
    """
    if url is None or url == "duckdb":
        return embedded()
    scheme, _, rest = url.partition("://")
    if scheme in ("spark", "pyspark", "sc") and rest:
        _require_driver("pyspark")
        return _spark(scheme, rest)
    if scheme in ("postgres", "postgresql") and rest:
        _require_driver("psycopg")
        return _postgres(rest)
    raise AnalyticsError(
        "engine.unsupported",
        msg("还不能连接“{url}”。", url=scheme),
        msg("可以用 spark://、pyspark://、sc:// 或 postgres:// 开头的地址；不写 --engine 就在本机计算。"),
    )


def _require_driver(module: str) -> None:
    if importlib.util.find_spec(module) is None:
        raise AnalyticsError(
            "engine.missing_driver",
            msg("连接数据库或集群要用的 {module} 还没有装。", module=module),
            msg("运行 pip install -r requirements-cluster.txt，再试一次。"),
        )


def _spark(scheme: str, rest: str) -> Engine:
    if scheme != "sc" and not (shutil.which("java") or os.environ.get("JAVA_HOME")):
        raise AnalyticsError(
            "engine.no_java",
            msg("这台电脑上没有 Java，Spark 跑不起来。"),
            msg("装 Java 17 或更新的版本，或用 sc:// 连接另一台机器上的 Spark Connect。"),
        )
    sql: Any = importlib.import_module("pyspark.sql")
    builder = sql.SparkSession.builder.appName("zhike")
    if scheme == "sc":
        builder = builder.remote(f"sc://{rest}")
    else:
        builder = builder.master(rest if scheme == "pyspark" else f"spark://{rest}")
        builder = builder.config("spark.ui.enabled", "false").config("spark.ui.showConsoleProgress", "false")
    try:
        backend = ibis.pyspark.connect(builder.getOrCreate(), **_SPARK_SETTINGS)
    except importlib.import_module("pyspark.errors").PySparkException as problem:
        raise _no_connection() from problem
    return Engine(backend, "spark")


def _postgres(rest: str) -> Engine:
    psycopg: Any = importlib.import_module("psycopg")
    try:
        backend = ibis.connect(f"postgres://{rest}")
        backend.raw_sql("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY").close()
        backend.raw_sql("SET synchronize_seqscans = off").close()  # the same table, the same order of rows
    except psycopg.Error:
        raise _no_connection() from None  # its text may repeat the address
    return Engine(backend, "postgres")


def _no_connection() -> AnalyticsError:
    return AnalyticsError(
        "engine.no_connection",
        msg("连不上数据库或集群。"),
        msg("检查地址、端口、用户名和密码，以及对方是不是在运行。"),
    )
