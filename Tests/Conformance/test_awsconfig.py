"""What `idbridge aws-config` writes, read by botocore: every profile resolves to its session, account and role.

The nasty files are those of Tests/AWSConfigFileTests/Cases. Files that the program refuses because of their syntax must
be refused by botocore too.
"""

import os
import pathlib
import random
import shutil
import subprocess
import tempfile
import unittest

import botocore.configloader
import botocore.credentials
import botocore.exceptions
import botocore.session
from clouds import BASE, ENVIRONMENT, READY, REGION

CASES = pathlib.Path(__file__).resolve().parent.parent / "AWSConfigFileTests" / "Cases"
START_URL = "https://d-1234567890.awsapps.com/start"
FIRST = b"# >>> idbridge aws-config: do not edit inside"
LAST = b"# <<< idbridge aws-config"

MAPPING = """
version: 1
groups:
  everybody:
    members: [{ user: ana@example.com }]
    access:
      - { permissionSets: [ViewOnlyAccess, PowerUserAccess], accounts: [{ all: true }] }
      - { permissionSets: [Billing], accounts: [{ name: management }] }
"""

CONFIGURATION = """
version: 1
owner: platform
mappings: mapping.yaml
ledger: ledger.sqlite
sources:
  google: {{ kind: google, credentials: {key}, impersonate: directory-reader@example.com, endpoint: "{base}" }}
target: {{ region: {region} }}
awsConfig:
  session: corp
  startUrl: {start}
  profileName: "{name}"
  settings: {{ output: json, cli_pager: "less -R # mine", max_attempts: 3 }}
"""


def resolved(path, name):
    """The session, account and role of a profile, as botocore's SSO provider takes them."""
    previous = os.environ.get("AWS_CONFIG_FILE")
    os.environ["AWS_CONFIG_FILE"] = str(path)
    try:
        session = botocore.session.Session(profile=name)
        provider = botocore.credentials.SSOProvider(
            load_config=lambda: session.full_config, client_creator=None, profile_name=name
        )
        return provider._load_sso_config()
    finally:
        if previous is None:
            del os.environ["AWS_CONFIG_FILE"]
        else:
            os.environ["AWS_CONFIG_FILE"] = previous


def outside(data):
    """The bytes before and behind the block."""
    lines, before, after, state = data.splitlines(keepends=True), [], [], 0
    for line in lines:
        if state == 0 and line.rstrip() == FIRST:
            state = 1
        elif state == 1 and line.rstrip() == LAST:
            state = 2
        elif state != 1:
            (before if state == 0 else after).append(line)
    return b"".join(before), b"".join(after)


class AWSConfig(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        (self.folder / "mapping.yaml").write_text(MAPPING)
        self.configure("{account}-{permissionSet}")

    def configure(self, name):
        text = CONFIGURATION.format(
            key=ENVIRONMENT["GOOGLE_APPLICATION_CREDENTIALS"], base=BASE, region=REGION, start=START_URL, name=name
        )
        (self.folder / "idbridge.yaml").write_text(text)

    def run_program(self, *arguments):
        return subprocess.run(
            [os.environ["IDBRIDGE_BINARY"], "aws-config", *arguments, "--config", self.folder / "idbridge.yaml"],
            env={**os.environ, **ENVIRONMENT},
            capture_output=True,
            check=False,
        )

    def check_profiles(self, path, at_least):
        """Every profile of the block resolves to what stands in its section."""
        config = botocore.configloader.load_config(str(path))
        ours = {name: values for name, values in config["profiles"].items() if "sso_role_name" in values}
        ours = {name: values for name, values in ours.items() if values.get("sso_session") == "corp"}
        self.assertGreaterEqual(len(ours), at_least)
        for name, values in ours.items():
            found = resolved(path, name)
            self.assertEqual(found["sso_session"], "corp")
            self.assertEqual(found["sso_start_url"], START_URL)
            self.assertEqual(found["sso_region"], REGION)
            self.assertRegex(found["sso_account_id"], r"\A[0-9]{12}\Z")
            self.assertEqual(found["sso_account_id"], values["sso_account_id"])
            self.assertIn(found["sso_role_name"], ["ViewOnlyAccess", "PowerUserAccess", "Billing"])
            self.assertIn(found["sso_role_name"], name)
            self.assertEqual(values["output"], "json")
            self.assertEqual(values["cli_pager"], "less -R # mine")
        return ours

    def test_printed(self):
        path = self.folder / "config"
        done = self.run_program("--output", path)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.run_program().stdout, path.read_bytes())
        ours = self.check_profiles(path, 10)
        self.assertEqual(ours["management-Billing"]["sso_role_name"], "Billing")
        print(f"aws-config: {len(ours)} profiles resolved by botocore {botocore.__version__}")

    def test_names(self):
        for name in ["{permissionSet} @ {account}", "x/{accountId}={permissionSet}", "[{account}] # {permissionSet}'\\\""]:
            self.configure(name.replace("\\", "\\\\").replace('"', '\\"'))
            path = self.folder / "config"
            done = self.run_program("--output", path)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.check_profiles(path, 10)

    def test_merged_into_nasty_files(self):
        merged = refused = 0
        for case in sorted(CASES.iterdir()):
            with self.subTest(case.name):
                path = self.folder / "config"
                shutil.copy(case, path)
                before = path.read_bytes()
                done = self.run_program("--merge", path)
                if case.name.startswith("merged"):
                    self.assertEqual(done.returncode, 0, done.stderr)
                    after = path.read_bytes()
                    head, tail = outside(before)
                    has_block = any(line.rstrip() == FIRST for line in before.splitlines())
                    if not has_block and head and not head.endswith((b"\n", b"\r")):
                        head += b"\n"
                    self.assertEqual(outside(after), (head, tail))
                    self.check_profiles(path, 5)
                    self.assertEqual(self.run_program("--merge", path).returncode, 0)
                    self.assertEqual(path.read_bytes(), after)
                    self.assertEqual(self.run_program("--merge", path, "--check").returncode, 0)
                    merged += 1
                else:
                    self.assertEqual(done.returncode, 78 if case.name.startswith("session") else 65, done.stderr)
                    self.assertEqual(path.read_bytes(), before)
                    refused += 1
        self.assertGreater(merged, 20)
        print(f"aws-config: {merged} nasty files merged, {refused} left alone")

    def test_random_files_are_refused_as_botocore_refuses_them(self):
        generator = random.Random(20261124)
        pieces = [case.read_bytes() for case in sorted(CASES.iterdir()) if FIRST not in case.read_bytes()]
        lines = [line for piece in pieces for line in piece.splitlines(keepends=True) if b"sso-session" not in line]
        agreed = {True: 0, False: 0}
        path = self.folder / "config"
        for _ in range(60):
            data = b"".join(generator.choice(lines) for _ in range(generator.randint(1, 6)))
            if FIRST in data or LAST in data:
                continue
            path.write_bytes(data)
            try:
                botocore.configloader.load_config(str(path))
                is_good = True
            except (botocore.exceptions.ConfigParseError, UnicodeDecodeError):
                is_good = False
            done = self.run_program("--merge", path)
            self.assertEqual(done.returncode, 0 if is_good else 65, (data, done.stderr))
            if is_good:
                botocore.configloader.load_config(str(path))
            else:
                self.assertEqual(path.read_bytes(), data)
            agreed[is_good] += 1
        self.assertGreater(min(agreed.values()), 5)


if __name__ == "__main__":
    unittest.main()
