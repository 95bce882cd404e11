#!/usr/bin/env python3
"""Compares the committed vectors of GoogleWorkspaceTests with what the installed google-auth says.

The vectors are what google-auth itself makes and accepts: the assertion by which a service account asks for a token
in the name of an administrator, and the subject token of a workload on AWS.

Run it in a virtual environment with google-auth and cryptography. With --write the vectors are written anew.
Exit: 0 where all are equal, 1 where one differs.
"""

import base64
import datetime
import json
import os
import pathlib
import sys
import unittest.mock

import google.auth
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from google.auth import _helpers, aws, crypt, jwt
from google.oauth2 import service_account

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "GoogleWorkspaceTests" / "Vectors"
KEY = FOLDER / "key.pem"  # made for these vectors, and good for nothing else
SCOPES = [
    "https://www.googleapis.com/auth/admin.directory.user.readonly",
    "https://www.googleapis.com/auth/admin.directory.group.readonly",
    "https://www.googleapis.com/auth/admin.directory.group.member.readonly",
]
# `iat` is put back by so many seconds; google-auth does not do that.
TOLERANCE = 10
VERIFICATION_URL = "https://sts.{region}.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15"
AUDIENCE = "//iam.googleapis.com/projects/123456/locations/global/workloadIdentityPools/pool/providers/aws"


def at(seconds):
    """Freezes google-auth's clock."""
    moment = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).replace(tzinfo=None)
    return unittest.mock.patch.object(_helpers, "utcnow", lambda: moment)


def encoded(value):
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=")


def assertion(pem, certificate, email, key_id, subject, seconds):
    """google-auth's header and claims, keys sorted, signed by google-auth, and accepted by it."""
    info = {"client_email": email, "private_key": pem, "private_key_id": key_id, "token_uri": "http://127.0.0.1/token"}
    credentials = service_account.Credentials.from_service_account_info(info, scopes=SCOPES, subject=subject)
    with at(seconds - TOLERANCE):
        header, claims, _, _ = jwt._unverified_decode(credentials._make_authorization_grant_assertion())
    signing_input = encoded(header) + b"." + encoded(claims)
    signature = crypt.RSASigner.from_string(pem, key_id).sign(signing_input)
    token = (signing_input + b"." + base64.urlsafe_b64encode(signature).rstrip(b"=")).decode()
    with at(seconds):
        accepted = jwt.decode(token, certs=certificate, audience="https://oauth2.googleapis.com/token")
    assert accepted == claims, accepted
    return {"email": email, "keyID": key_id, "subject": subject, "seconds": seconds, "token": token}


def subject_token(access_key, secret, session, region, url, audience, seconds):
    """What google-auth makes of an external_account file of environment_id aws1."""
    environment = {"AWS_ACCESS_KEY_ID": access_key, "AWS_SECRET_ACCESS_KEY": secret, "AWS_REGION": region}
    if session is not None:
        environment["AWS_SESSION_TOKEN"] = session
    source = {"environment_id": "aws1", "regional_cred_verification_url": url}
    with unittest.mock.patch.dict(os.environ, environment, clear=True), at(seconds):
        credentials = aws.Credentials(
            audience=audience,
            subject_token_type="urn:ietf:params:aws:token-type:aws4_request",
            token_url="https://sts.googleapis.com/v1/token",
            credential_source=source,
        )
        token = credentials.retrieve_subject_token(None)
    return {
        "accessKeyID": access_key, "secretAccessKey": secret, "sessionToken": session, "region": region,
        "verificationURL": url, "audience": audience, "seconds": seconds, "token": token,
    }  # fmt: skip


def assertions():
    pem = KEY.read_text()
    public = serialization.load_pem_private_key(pem.encode(), None).public_key()
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    certificate = public.public_bytes(serialization.Encoding.PEM, form)
    cases = [
        ("bridge@project.iam.gserviceaccount.com", "0123456789abcdef", "reader@example.com", 1795514400),
        ("bridge@project.iam.gserviceaccount.com", "0123456789abcdef", "o'brien+aws@example.com", 1795514401),
        ("bridge@project.iam.gserviceaccount.com", "k/1", "jürgen@münchen.example", 4102444800),
        ("bridge@project.iam.gserviceaccount.com", "0123456789abcdef", None, 1000000000),
    ]
    return [assertion(pem, certificate, *case) for case in cases]


def subject_tokens():
    result = []
    sessions = [None, "IQoJb3JpZ2luX2VjEJr//////////wEaCXVzLWVhc3QtMSJHMEUCIQ+/=="]
    for region in ["us-east-1", "eu-west-1", "ap-northeast-1", "us-gov-west-1", "cn-north-1"]:
        for session in sessions:
            for seconds in [1795514400, 1798761599, 951782400]:
                secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
                values = ("AKIDEXAMPLE", secret, session, region, VERIFICATION_URL, AUDIENCE, seconds)
                result.append(subject_token(*values))
    fips = "https://sts-fips.{region}.amazonaws.com?Version=2011-06-15&Action=GetCallerIdentity"
    result.append(subject_token("AKIDEXAMPLE", "secret", None, "us-east-2", fips, AUDIENCE + "/ \"x\"", 1795514400))
    root = "https://sts.{region}.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15"
    result.append(subject_token("ASIDEXAMPLE", "secret", "session", "eu-central-1", root, AUDIENCE, 1795514400))
    return result


def text(vectors):
    lines = ",\n".join(json.dumps(vector, sort_keys=True, ensure_ascii=True) for vector in vectors)
    return f"[\n{lines}\n]\n"


def make_key():
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form = serialization.PrivateFormat.PKCS8
    KEY.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))


def main():
    write = sys.argv[1:] == ["--write"]
    if write and not KEY.exists():
        make_key()
    failures = 0
    for name, make in {"assertions": assertions, "aws-subject-tokens": subject_tokens}.items():
        path = FOLDER / f"{name}.json"
        vectors = make()
        fresh = text(vectors)
        if write:
            path.write_text(fresh)
        is_equal = path.exists() and path.read_text() == fresh
        failures += not is_equal
        verdict = "equal" if is_equal else "DIFFERENT"
        print(f"{name}: {len(vectors)} vectors of google-auth {google.auth.__version__}: {verdict}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
