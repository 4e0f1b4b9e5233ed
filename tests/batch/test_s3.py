"""Runs on an S3 server, moto's on the loopback, and on a Dask cluster that only certificates open."""

from __future__ import annotations

import datetime as dt
import ipaddress
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import boto3
import dask
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from distributed import LocalCluster
from moto.server import ThreadedMotoServer

from jpresearch import record
from jpresearch.batch import destination
from jpresearch.batch.run.executors.dask_cluster import Cluster
from jpresearch.errors import DataError
from jpresearch.record import Status
from tests.batch import commands
from tests.batch.commands import PUBLISHES

pytestmark = pytest.mark.xdist_group("s3")

DASK = Path(sys.executable).parent / "dask"
TWO = ("01_two", "02_two")
ACCESS = {"AWS_ACCESS_KEY_ID": "desk", "AWS_SECRET_ACCESS_KEY": "not-a-secret", "AWS_DEFAULT_REGION": "us-east-1"}


class Bucket:
    """The bucket ``desk`` of the server."""

    def __init__(self, endpoint: str) -> None:
        self.variables = {**ACCESS, "AWS_ENDPOINT_URL": endpoint}
        self.client = boto3.client(
            "s3", endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id="desk", aws_secret_access_key="-"
        )
        self.client.create_bucket(Bucket="desk")

    def files(self, folder: str) -> dict[str, bytes]:
        """What lies under a folder, by name."""
        listed = self.client.list_objects_v2(Bucket="desk", Prefix=f"{folder}/").get("Contents", [])
        read = lambda key: self.client.get_object(Bucket="desk", Key=key)["Body"].read()  # noqa: E731
        return {each["Key"].removeprefix(f"{folder}/"): read(each["Key"]) for each in listed}

    def buckets(self) -> set[str]:
        return {each["Name"] for each in self.client.list_buckets()["Buckets"]}


@pytest.fixture(scope="module")
def bucket() -> Iterator[Bucket]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield Bucket(f"http://{host}:{port}")
    finally:
        server.stop()


@pytest.fixture
def access(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    """The bucket, with the variables set by which this process reaches it."""
    for name, value in bucket.variables.items():
        monkeypatch.setenv(name, value)
    return bucket


def test_files_go_to_a_bucket_and_come_back(access: Bucket, tmp_path: Path) -> None:
    (tmp_path / "staging").mkdir()
    (tmp_path / "back").mkdir()
    (tmp_path / "staging" / "a.html").write_text("page")
    destination.require_reachable("s3://desk/direct")
    assert access.files("direct") == {}, "the file by which it was tried is gone"
    destination.deliver(tmp_path / "staging", ["s3://desk/direct/run"])
    assert access.files("direct/run") == {"a.html": b"page"}
    destination.fetch(["a.html"], "s3://desk/direct/run", tmp_path / "back")
    assert (tmp_path / "back" / "a.html").read_text() == "page"
    with pytest.raises(OSError, match=r"missing\.html"):
        destination.fetch(["missing.html"], "s3://desk/direct/run", tmp_path / "back")


@pytest.mark.parametrize("address", ["s3://dsek/reports", "simplecache::s3://dsek/reports"])
def test_a_bucket_of_another_name_is_said_and_not_made(access: Bucket, address: str) -> None:
    with pytest.raises(DataError, match="dsek"):
        destination.require_reachable(address)
    with pytest.raises(OSError, match="dsek"):
        destination.upload([Path(__file__)], address)
    assert access.buckets() == {"desk"}


@pytest.mark.proof
def test_a_run_lies_in_the_bucket_as_on_this_machine(bucket: Bucket, tmp_path: Path) -> None:
    project = commands.make_project(tmp_path / "project", {"01_two": (PUBLISHES,)})
    done = commands.call("run", "--output", "s3://desk/reports", **bucket.variables, JPRESEARCH_HOME=str(project))
    assert done.returncode == 0, done.stderr
    assert_same_in_the_bucket(bucket, project, "reports", [Status.SUCCEEDED])
    assert "index.html" in bucket.files("reports"), "the index of all runs"


def assert_same_in_the_bucket(bucket: Bucket, project: Path, folder: str, statuses: list[Status]) -> None:
    """The newest run: the same files, byte for byte, in the bucket and in the folder kept here."""
    (kept,) = (project / "reports" / ".remote").iterdir()
    newest = commands.runs(kept)[-1]
    assert [job.status for job in record.read(newest).jobs] == statuses
    here = {path.name: path.read_bytes() for path in newest.iterdir() if path.is_file() and path.name[0] != "."}
    assert bucket.files(f"{folder}/{newest.name}") == here
    assert {f"{name}{ending}" for name in ("01_two",) for ending in (".html", ".ipynb")} <= here.keys()


Signer = tuple[x509.Certificate, ec.EllipticCurvePrivateKey]


def written(folder: Path, name: str, authority: Signer | None = None) -> Signer:
    """A key and its certificate for the loopback, written as PEM; signed by itself without an authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    issuer, signer = (subject, key) if authority is None else (authority[0].subject, authority[1])
    loopback = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder(issuer, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=authority is None, path_length=None), critical=True)
        .add_extension(loopback, critical=False)
        .sign(signer, hashes.SHA256())
    )
    (folder / f"{name}.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    (folder / f"{name}.key").write_bytes(pem)
    return certificate, key


def settings(folder: Path, authority: str | None, name: str | None) -> dict[str, str | None]:
    """Dask's settings of an authority and one certificate for every role."""
    roles = {
        f"distributed.comm.tls.{role}.{part}": name and str(folder / f"{name}.{ending}")
        for role in ("scheduler", "worker", "client")
        for part, ending in (("cert", "pem"), ("key", "key"))
    }
    return {"distributed.comm.tls.ca-file": authority and str(folder / f"{authority}.pem"), **roles}


def as_variables(settings: Mapping[str, str | None]) -> dict[str, str]:
    """The same as environment variables."""
    spelled = lambda name: f"DASK_{name.replace('.', '__').replace('-', '_').upper()}"  # noqa: E731
    return {spelled(name): value for name, value in settings.items() if value}


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A desk's authority with a certificate, and a stranger's."""
    folder = tmp_path_factory.mktemp("certificates")
    for authority, name in (("authority", "desk"), ("other", "stranger")):
        written(folder, name, written(folder, authority))
    return folder


def test_only_certificates_of_dasks_configuration_open_a_scheduler(certificates: Path) -> None:
    ours = settings(certificates, "authority", "desk")
    with dask.config.set(ours):
        scheduler = LocalCluster(n_workers=0, protocol="tls", host="127.0.0.1", dashboard_address=None)
    with scheduler:
        address = scheduler.scheduler_address
        assert address.startswith("tls://")
        with dask.config.set(ours), Cluster(address):
            pass
        for others in (settings(certificates, "other", "stranger"), settings(certificates, None, None)):
            with dask.config.set(others), pytest.raises(DataError, match="certificates"), Cluster(address):
                pass


@pytest.fixture
def cluster(tmp_path: Path, bucket: Bucket, certificates: Path) -> Iterator[tuple[Path, str, dict[str, str]]]:
    """A project, the address of a scheduler with two workers on it, and the variables by which they were configured."""
    project = commands.make_project(tmp_path / "project", dict.fromkeys(TWO, (PUBLISHES,)))
    tls = {**as_variables(settings(certificates, "authority", "desk")), "JPRESEARCH_HOME": str(project)}
    file, log_file = project / "scheduler.json", project / "dask.log"
    own = ("--host", "127.0.0.1", "--no-dashboard", "--scheduler-file", str(file))
    calls = [("scheduler", "--protocol", "tls", "--port", "0", *own)]
    calls += [("worker", "--protocol", "tls", "--nthreads", "1", *own)] * 2
    variables = {**os.environ, **bucket.variables, **tls}
    with log_file.open("ab") as log:
        started = [
            subprocess.Popen([DASK, *call], stdout=log, stderr=log, env=variables, cwd=project) for call in calls
        ]
    try:
        commands.until(lambda: log_file.read_text().count("Registered to") >= 2, "two workers")
        yield project, json.loads(file.read_text())["address"], tls
    finally:
        for process in started:
            process.kill()
        for process in started:
            process.wait(30)
        commands.assert_nothing_left(project)


@pytest.mark.proof
def test_two_workers_behind_certificates_write_to_the_bucket(
    cluster: tuple[Path, str, dict[str, str]], bucket: Bucket, certificates: Path
) -> None:
    project, address, tls = cluster
    assert address.startswith("tls://")
    call = ("run", "--dask", address, "--output", "s3://desk/cluster")
    done = commands.call(*call, **bucket.variables, **tls)
    assert done.returncode == 0, done.stderr
    assert_same_in_the_bucket(bucket, project, "cluster", [Status.SUCCEEDED] * 2)
    assert commands.call("run", *call[3:], **bucket.variables, **tls).returncode == 0
    assert_same_in_the_bucket(bucket, project, "cluster", [Status.REUSED] * 2)
    stranger = {**tls, **as_variables(settings(certificates, "other", "stranger"))}
    refused = commands.call(*call, "--force", **bucket.variables, **stranger)
    assert refused.returncode == 3
    assert "certificates" in refused.stderr and "Traceback" not in refused.stderr
