"""What the conformance tests share: where the sandbox is, and clients that look closely at its answers."""

import json
import os
import re

import boto3
import botocore.config
import botocore.validate
import google.oauth2.service_account
import googleapiclient.discovery

with open(os.environ["IDBRIDGE_READY_FILE"], encoding="utf-8") as file:
    READY = json.load(file)
BASE = READY["baseURL"]
ENVIRONMENT = READY["environment"]
REGION = READY["region"]


# The service itself answers an empty text here, whatever its model says.
EMPTY_IN_SPITE_OF_PATTERN = [".InlinePolicy"]


def unknown_members(value, shape, path=""):
    """The members of a JSON answer that the service's model does not have."""
    if value is None:
        return [f"{path} is null"]
    if shape.type_name == "structure":
        if not isinstance(value, dict):
            return [f"{path} is no object"]
        found = [f"{path}.{name}" for name in value if name not in shape.members]
        for name, member in shape.members.items():
            if name in value:
                found += unknown_members(value[name], member, f"{path}.{name}")
        return found
    if shape.type_name == "list":
        if not isinstance(value, list):
            return [f"{path} is no list"]
        return [problem for element in value for problem in unknown_members(element, shape.member, f"{path}[]")]
    kinds = {"string": str, "boolean": bool, "integer": int, "timestamp": (int, float)}
    kind = kinds.get(shape.type_name)
    if kind and not isinstance(value, kind):
        return [f"{path} is no {shape.type_name}"]
    if value == "" and path in EMPTY_IN_SPITE_OF_PATTERN:
        return []
    pattern = shape.metadata.get("pattern")
    if shape.type_name == "string" and isinstance(value, str):
        if shape.enum and value not in shape.enum:
            return [f"{path} is {value!r}, none of {shape.enum}"]
        if pattern and not matches(pattern, value):
            return [f"{path} is {value!r}, which {pattern} does not match"]
    return []


def matches(pattern, value):
    """Whether a model's pattern, written for Java, matches; classes that Python lacks are taken as matching."""
    try:
        return re.fullmatch(pattern, value) is not None
    except re.error:
        return True


class AWS:
    """A boto3 session whose every answer is held against the service's model, both as sent and as parsed."""

    def __init__(self, endpoint=BASE, strict=True, **credentials):
        self.problems = []
        self.strict = strict
        self.endpoint = endpoint
        self.session = boto3.Session(region_name=REGION, **(credentials or self.own_credentials()))

    @staticmethod
    def own_credentials():
        return {
            "aws_access_key_id": ENVIRONMENT["AWS_ACCESS_KEY_ID"],
            "aws_secret_access_key": ENVIRONMENT["AWS_SECRET_ACCESS_KEY"],
        }

    def client(self, name, **options):
        # These two are global: their Region is fixed, which botocore forgets where the endpoint is given.
        if name in ("organizations", "iam"):
            options["region_name"] = "us-east-1"
        settings = botocore.config.Config(retries={"total_max_attempts": 1, "mode": "standard"}, parameter_validation=True)
        client = self.session.client(name, endpoint_url=self.endpoint, config=settings, **options)
        if self.strict:
            client.meta.events.register("before-parse.*.*", self.look_at_raw)
            client.meta.events.register("after-call.*.*", self.look_at_parsed)
        return client

    def look_at_raw(self, operation_model, response_dict, **_):
        if response_dict["status_code"] != 200 or operation_model.metadata.get("protocol") != "json":
            return
        shape = operation_model.output_shape
        body = json.loads(response_dict["body"])
        if shape is None:
            return
        for problem in unknown_members(body, shape):
            self.problems.append(f"{operation_model.name}: {problem}")

    def look_at_parsed(self, http_response, parsed, model, **_):
        if http_response.status_code != 200 or model.output_shape is None:
            return
        plain = {
            name: value
            for name, value in parsed.items()
            if name != "ResponseMetadata" and not (value == "" and f".{name}" in EMPTY_IN_SPITE_OF_PATTERN)
        }
        report = botocore.validate.ParamValidator().validate(plain, model.output_shape)
        if report.has_errors():
            self.problems.append(f"{model.name}: {report.generate_report()}")


class Google:
    """The Directory API by google-api-python-client, with every answer held against the discovery document."""

    SCOPES = [
        f"https://www.googleapis.com/auth/admin.directory.{name}.readonly" for name in ("user", "group", "group.member")
    ]

    def __init__(self, subject=READY["impersonate"], scopes=None):
        self.credentials = google.oauth2.service_account.Credentials.from_service_account_file(
            READY["googleKeyFile"], scopes=scopes or self.SCOPES, subject=subject
        )
        self.service = googleapiclient.discovery.build(
            "admin",
            "directory_v1",
            credentials=self.credentials,
            client_options={"api_endpoint": BASE},
            static_discovery=True,
        )
        self.schemas = self.service._schema.schemas

    def problems(self, value, schema, path=""):
        """Where a value differs from a schema of the discovery document."""
        schema = self.schemas[schema["$ref"]] if "$ref" in schema else schema
        kind = schema.get("type")
        if kind == "object":
            if not isinstance(value, dict):
                return [f"{path} is no object"]
            properties = schema.get("properties", {})
            found = [f"{path}.{name} is unknown" for name in value if name not in properties and "additionalProperties" not in schema]
            for name, member in value.items():
                if name in properties:
                    found += self.problems(member, properties[name], f"{path}.{name}")
            return found
        if kind == "array":
            if not isinstance(value, list):
                return [f"{path} is no list"]
            return [problem for element in value for problem in self.problems(element, schema["items"], f"{path}[]")]
        kinds = {"string": str, "boolean": bool, "integer": int}
        return [f"{path} is no {kind}"] if kind in kinds and not isinstance(value, kinds[kind]) else []
