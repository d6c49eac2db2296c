"""An AsyncAPI 3 document, and a validator for each of its messages."""
import sys

try:
    import jsonschema
    import yaml
except ImportError as missing:
    print(f"skipped: {missing}; Debian has it in python3-jsonschema and python3-yaml")
    sys.exit(77)

# Schemas inside a schema, by keyword; every other value of a schema is data.
_ONE = ("additionalProperties", "items", "not", "if", "then", "else", "contains", "propertyNames")
_LIST = ("allOf", "anyOf", "oneOf")
_MAP = ("properties", "patternProperties")

# The fields that AsyncAPI 3.0 has for an object, those that it must have first.
_FIELDS = {
    "document": ("asyncapi info servers channels operations components", "id defaultContentType"),
    "info": ("title version", "description termsOfService contact license tags externalDocs"),
    "server": ("host protocol", "pathname protocolVersion title summary description variables security tags bindings"),
    "channel": ("address messages", "title summary description servers parameters tags externalDocs bindings"),
    "operation": ("action channel messages", "title summary description security tags bindings traits reply"),
    "reply": ("channel messages", "address"),
    "message": (
        "name payload",
        "title summary description headers correlationId contentType tags externalDocs bindings examples traits",
    ),
    "components": ("messages schemas", "correlationIds"),
}


class Unsound(Exception):
    """The document is not what it has to be."""


def need(condition, sentence):
    if not condition:
        raise Unsound(sentence)


def read(path):
    with open(path, encoding="utf-8") as file:
        return yaml.safe_load(file)


def need_fields(kind, name, value):
    needed, optional = (set(fields.split()) for fields in _FIELDS[kind])
    missing, unknown = sorted(needed - set(value)), sorted(set(value) - needed - optional)
    need(not missing, f"{kind} {name} has no {missing}")
    need(not unknown, f"{kind} {name}: AsyncAPI has no {unknown}")


class Document:
    """Checks the document when it is made, since a validator of a mistaken schema finds nothing.

    `requests` and `events` have for each `type` the messages of that type, by their keys in the document.
    """

    def __init__(self, root):
        self.root = root
        self._check_root()
        self.resolve_all(self.root)
        self.messages = {key: self._message(key) for key in self.root["components"]["messages"]}
        self.requests, self.events = self._messages_by_direction()

    def resolve(self, value):
        """What a reference stands for: `value` itself, unless it is one."""
        while isinstance(value, dict) and "$ref" in value:
            path = value["$ref"]
            need(len(value) == 1, f"{path}: what stands beside a $ref is ignored")
            need(path.startswith("#/"), f"{path}: references are to this document")
            value = self.root
            for part in path[2:].split("/"):
                need(isinstance(value, dict) and part in value, f"{path}: there is no such thing")
                value = value[part]
        return value

    def resolve_all(self, value):
        self.resolve(value)
        for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            self.resolve_all(inner)

    def schema(self, value):
        """The schema with everything in it that it refers to, so that it needs no document."""
        value = self.resolve(value)
        if not isinstance(value, dict):
            return value
        whole = dict(value)
        for keyword in _ONE:
            if keyword in whole:
                whole[keyword] = self.schema(whole[keyword])
        for keyword in _LIST:
            if keyword in whole:
                whole[keyword] = [self.schema(inner) for inner in whole[keyword]]
        for keyword in _MAP:
            if keyword in whole:
                whole[keyword] = {name: self.schema(inner) for name, inner in whole[keyword].items()}
        return whole

    def _check_root(self):
        need_fields("document", "", self.root)
        need(self.root["asyncapi"] == "3.0.0", "asyncapi is not 3.0.0")
        for kind in ("info", "components"):
            need_fields(kind, "", self.root[kind])
        for kind in ("server", "channel", "operation"):
            for name, value in self.root[kind + "s"].items():
                need_fields(kind, name, value)

    def _message(self, key):
        message = self.root["components"]["messages"][key]
        need_fields("message", key, message)
        schema = self.schema(message["payload"])
        try:
            jsonschema.Draft7Validator.check_schema(schema)
        except jsonschema.SchemaError as fault:
            raise Unsound(f"the schema of {key} is none: {fault.message}") from None
        kind = schema.get("properties", {}).get("type", {}).get("const")
        need(kind == message["name"], f"the name of {key} is not the type in its schema")
        need("type" in schema.get("required", ()), f"{key} does not require its type")
        validator = jsonschema.Draft7Validator(schema)
        for example in message.get("examples", ()):
            for fault in validator.iter_errors(example["payload"]):
                raise Unsound(f"an example of {key}: {fault.message}")
        return Message(key, kind, validator)

    def _messages_by_direction(self):
        requests, events = {}, {}
        for name, operation in self.root["operations"].items():
            need(operation["action"] in ("send", "receive"), f"operation {name} neither sends nor receives")
            asked, told = (requests, events) if operation["action"] == "receive" else (events, requests)
            self._add(name, operation, asked)
            if "reply" in operation:
                need_fields("reply", name, operation["reply"])
                self._add(name, operation["reply"], told)
        used = {message.key for by_type in (requests, events) for all in by_type.values() for message in all}
        need(used == set(self.messages), f"in no operation: {set(self.messages) - used}")
        return requests, events

    def _add(self, name, part, by_type):
        channel = part["channel"]["$ref"]
        for reference in part["messages"]:
            path = reference["$ref"]
            need(path.startswith(channel + "/messages/"), f"operation {name}: {path} is not in its channel")
            key = path.rsplit("/", 1)[1]
            need(self.resolve(reference) is self.root["components"]["messages"].get(key), f"{path} is not {key}")
            message = self.messages[key]
            if message not in by_type.setdefault(message.type, []):
                by_type[message.type].append(message)


class Message:
    def __init__(self, key, kind, validator):
        self.key = key
        self.type = kind
        self.validator = validator


def message_of(by_type, value):
    """The message that the object is, and nothing; or else none, and what is wrong with the object."""
    candidates = by_type.get(value.get("type")) if isinstance(value.get("type"), str) else None
    if not candidates:
        return None, "the document has no such type"
    for message in candidates:
        if message.validator.is_valid(value):
            return message, ""
    return None, "; or ".join(_faults(message, value) for message in candidates)


def _faults(message, value):
    return f"no {message.key}: " + ", ".join(
        "/".join(str(part) for part in fault.path) + " " + fault.message[:300]
        for fault in message.validator.iter_errors(value))
