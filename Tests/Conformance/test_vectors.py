"""The committed vectors of AWSAuth against the installed botocore, and the verdicts of IAMPolicy against an evaluator."""

import pathlib
import subprocess
import sys
import unittest

FOLDER = pathlib.Path(__file__).resolve().parent


class Vectors(unittest.TestCase):
    def run_script(self, name):
        self.assertEqual(subprocess.run([sys.executable, FOLDER / name]).returncode, 0)

    def test_awsauth(self):
        self.run_script("awsauth_conformance.py")

    def test_iampolicy(self):
        build = ["swift", "build", "--build-tests"]
        self.assertEqual(subprocess.run(build, cwd=FOLDER.parent.parent).returncode, 0)
        self.run_script("iampolicy_conformance.py")


if __name__ == "__main__":
    unittest.main()
