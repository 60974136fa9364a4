"""One object from environment, file and defaults; one error for everything that is wrong."""

import traceback
from pathlib import Path

import pytest
from pydantic import Field, SecretStr, ValidationError, field_validator

from services.runtime.config import (
    ChannelSettings,
    ConfigError,
    ServerSettings,
    Settings,
    TelemetrySettings,
    load,
    variables,
)


class Stage(Settings):
    address: str
    inputs: tuple[str, ...] = ()
    token: SecretStr = SecretStr("")


class Process(Settings):
    server: ServerSettings = ServerSettings()
    telemetry: TelemetrySettings = TelemetrySettings()
    stages: dict[str, Stage] = Field(default={})
    extra: list[Stage] = Field(default=[])
    words: list[str] = Field(default=[])
    api_key: SecretStr | None = Field(default=None, min_length=12)

    @field_validator("words")
    @classmethod
    def _few(cls, words: list[str]) -> list[str]:
        if len(words) > 3:
            raise ValueError("at most 3 words")
        return words


def problems(env: dict[str, str], file: Path | None = None, **options: object) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as caught:
        load(Process, env, file, **options)
    for problem in caught.value.problems:
        assert problem in str(caught.value)
    return caught.value.problems


@pytest.fixture
def toml(tmp_path: Path):
    def write(text: str) -> Path:
        path = tmp_path / "rivermouth.toml"
        path.write_text(text)
        return path

    return write


def test_defaults_need_nothing() -> None:
    settings = load(Process, {"PATH": "/bin"})
    assert settings == Process()
    assert settings.server.host == "127.0.0.1"
    with pytest.raises(ValidationError):
        settings.server.port = 1


def test_environment_wins_over_file_over_default(toml) -> None:
    path = toml("[server]\nport = 1\nmax_sessions = 7\n[[extra]]\naddress = 'a:1'\n")
    settings = load(Process, {"RIVERMOUTH_CONFIG": str(path), "RIVERMOUTH_SERVER__PORT": "2"})
    assert (settings.server.port, settings.server.max_sessions, settings.server.idle_timeout) == (2, 7, 60.0)
    assert settings.extra == [Stage(address="a:1")]


def test_an_explicit_file_wins_over_the_variable(toml) -> None:
    path = toml("[server]\nport = 9\n")
    assert load(Process, {"RIVERMOUTH_CONFIG": "/nowhere"}, path).server.port == 9


@pytest.mark.parametrize(
    ("variable", "text", "expected"),
    [
        ("RIVERMOUTH_WORDS", "a, b", {"words": ["a", "b"]}),
        ("RIVERMOUTH_WORDS", '["a", "b, c"]', {"words": ["a", "b, c"]}),
        ("RIVERMOUTH_WORDS", "", {}),
        ("RIVERMOUTH_EXTRA", '[{"address": "a:1"}]', {"extra": [Stage(address="a:1")]}),
        ("RIVERMOUTH_STAGES__MOOD__ADDRESS", "a:1", {"stages": {"mood": Stage(address="a:1")}}),
        ("RIVERMOUTH_SERVER", '{"port": 5}', {"server": ServerSettings(port=5)}),
        ("RIVERMOUTH_SERVER__REFLECTION", "true", {"server": ServerSettings(reflection=True)}),
        ("RIVERMOUTH_API_KEY", "123456789012", {"api_key": SecretStr("123456789012")}),
    ],
)
def test_variables_of_every_shape(variable: str, text: str, expected: dict[str, object]) -> None:
    assert load(Process, {variable: text}) == Process(**expected)


def test_every_bad_value_is_named_with_its_source_and_what_is_allowed(toml) -> None:
    path = toml("sever = 1\n[server]\nhost = ''\nprot = 1\n[[extra]]\nadress = 'a'\n")
    found = problems(
        {
            "RIVERMOUTH_SERVER__PORT": "70000",
            "RIVERMOUTH_SERVER__DRAIN_TIMOUT": "1",
            "RIVERMOUTH_SERVER__IDLE_TIMEOUT": "nan",
            "RIVERMOUTH_TELEMETRY__LOG_LEVEL": "LOUD",
            "RIVERMOUTH_TELEMETRY__OTLP_ENDPOINT": "localhost:4317",
            "RIVERMOUTH_WORDS": "a,b,c,d",
        },
        path,
    )
    expected = [
        (f"{path}: sever", "unknown; did you mean server?"),
        (f"{path}: server.prot", "unknown; did you mean port?"),
        (f"{path}: server.host=''", "at least 1 character (address to listen on)"),
        (f"{path}: extra.0.adress", "did you mean address?"),
        (f"{path}: extra.0.address", "Field required"),
        ("RIVERMOUTH_SERVER__PORT='70000'", "less than or equal to 65535 (TCP port; 0 takes a free one)"),
        ("RIVERMOUTH_SERVER__DRAIN_TIMOUT", "did you mean RIVERMOUTH_SERVER__DRAIN_TIMEOUT?"),
        ("RIVERMOUTH_SERVER__IDLE_TIMEOUT='nan'", "(seconds between two messages of a call)"),
        ("RIVERMOUTH_TELEMETRY__LOG_LEVEL='LOUD'", "'DEBUG', 'INFO', 'WARNING' or 'ERROR'"),
        ("RIVERMOUTH_TELEMETRY__OTLP_ENDPOINT='localhost:4317'", "as http://host:4317"),
        ("RIVERMOUTH_WORDS", "at most 3 words"),
    ]
    for source, said in expected:
        assert any(each.startswith(source) and said in each for each in found), (source, found)
    assert len(found) == len(expected)


def test_what_belongs_to_other_processes_is_ignored_when_named(toml) -> None:
    path = toml("[gateway]\nanything = 1\n")
    env = {"RIVERMOUTH_ASR__ENGINE": "x"}
    assert load(Process, env, path, ignore=("gateway", "asr")) == Process()
    assert len(problems(env, path)) == 2


def test_the_parts_of_other_processes_are_known_too(toml) -> None:
    path = toml("[gatewy]\nanything = 1\n")
    env = {"RIVERMOUTH_FOO__BAR": "1", "RIVERMOUTH_BAZ": "1", "RIVERMOUTH_SERVRE__PORT": "1"}
    found = problems(env, path, ignore=("gateway", "asr"))
    known = "server, telemetry, stages, extra, words, api_key, gateway, asr"
    assert set(found) == {
        f"{path}: gatewy: unknown; did you mean gateway?",
        f"RIVERMOUTH_FOO__BAR: unknown; known: {known}",
        f"RIVERMOUTH_BAZ: unknown; known: {known}",
        "RIVERMOUTH_SERVRE__PORT: unknown; did you mean server?",
    }


def test_a_missing_value_names_the_variable_that_would_set_it() -> None:
    with pytest.raises(ConfigError, match="RIVERMOUTH_ADDRESS: Field required"):
        load(Stage, {})


@pytest.mark.parametrize(
    "env",
    [
        {"RIVERMOUTH_API_KEY": "hunter2"},
        {"RIVERMOUTH_STAGES": '{"mood": {"token": {"a": "hunter2"}}}'},
        {"RIVERMOUTH_STAGES__MOOD": "hunter2"},
        {"RIVERMOUTH_STAGES__MOOD__TOKEN__X": "hunter2"},
        {"RIVERMOUTH_PASWORD": "hunter2"},
        {"RIVERMOUTH_EXTRA": '{"token": "hunter2"'},
    ],
)
def test_secrets_are_never_shown(env: dict[str, str]) -> None:
    with pytest.raises(ConfigError) as caught:
        load(Process, env)
    shown = "".join(traceback.format_exception(caught.value, chain=True)) + repr(caught.value)
    assert caught.value.__context__ is None
    assert "hunter2" not in shown


def test_secrets_are_not_in_the_repr() -> None:
    assert "hunter2" not in repr(load(Process, {"RIVERMOUTH_API_KEY": "hunter2hunter2"}))


def test_two_variables_for_one_place() -> None:
    env = {"RIVERMOUTH_SERVER": "5", "RIVERMOUTH_SERVER__PORT": "5"}
    assert any(
        each.startswith("RIVERMOUTH_SERVER__PORT: a variable of a shorter name") for each in problems(env)
    )


@pytest.mark.parametrize(
    ("content", "said"), [(None, "cannot be read"), (b"port = ", "not TOML"), (b"\xff", "not TOML")]
)
def test_a_bad_file_is_one_clear_line(tmp_path: Path, content: bytes | None, said: str) -> None:
    path = tmp_path / "bad.toml"
    if content is not None:
        path.write_bytes(content)
    (problem,) = problems({}, path)
    assert problem.startswith(f"{path}: {said}")


def test_variables_lists_every_leaf() -> None:
    listed = list(variables(Process))
    assert {"RIVERMOUTH_SERVER__PORT", "RIVERMOUTH_TELEMETRY__LOG_FORMAT", "RIVERMOUTH_API_KEY"} <= set(
        listed
    )
    assert len(listed) == len(set(listed))


def test_channel_settings_are_valid_by_themselves() -> None:
    assert ChannelSettings().reconnect_max >= ChannelSettings().reconnect_initial
