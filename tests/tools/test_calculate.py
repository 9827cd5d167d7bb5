"""Reckoning in a sandbox: right results, and nothing for those who want to get out of it."""

import asyncio
import os
from collections.abc import AsyncIterator

import psutil
import pytest

from bot.tools.calculate import Calculate
from bot.tools.tool import ToolError


@pytest.fixture
async def calculate() -> AsyncIterator[Calculate]:
    """The tool."""
    tool = Calculate()
    yield tool
    await tool.close()


@pytest.mark.parametrize(
    ("code", "result"),
    [
        ("4800 * 17 / 100", "816"),
        ("4800 * 0.17", "816"),
        ("2 ** 64", "18446744073709551616"),
        ("1 / 3", "0.333333333333"),
        ("import math\nmath.sqrt(2)", "1.41421356237"),
        ("x = 5\nx * 2", "10"),
        ("print('hello')\nprint(7)", "hello\n7"),
        ("print('half')\n1", "half 1"),
        ("sum(range(1, 101))", "5050"),
        ("'abc'[::-1]", "cba"),
        ("x = 1", "None"),
        ("len('牡丹')", "2"),
    ],
)
async def test_what_it_reckons(calculate: Calculate, code: str, result: str) -> None:
    """As people write it."""
    assert await calculate.use({"code": code}, ()) == result


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("1 / 0", "ZeroDivisionError"),
        ("1 +", "Expected an expression"),
        ("while True: pass", "time limit"),
        ("'a' * 10 ** 9", "memory limit"),
        ("[0] * 10 ** 8", "memory limit"),
        ("10 ** 10 ** 8", "memory limit"),
        ("2 ** 100000", "digits"),
        ("def f(n):\n  return f(n + 1)\nf(0)", "recursion"),
        ("x = []\nwhile True: x.append(x)", "limit"),
    ],
)
async def test_what_it_does_not_get_done(calculate: Calculate, code: str, why: str) -> None:
    """It is told to the model in a line; the next sum is right again."""
    with pytest.raises(ToolError, match=why) as caught:
        await calculate.use({"code": code}, ())
    assert "\n" not in str(caught.value)
    assert await calculate.use({"code": "1 + 1"}, ()) == "2"


@pytest.mark.parametrize(
    "code",
    [
        "open('/etc/passwd').read()",
        "open('here', 'w').write('x')",
        "import os\nos.listdir('/')",
        "import os\nos.environ['SECRET']",
        "import os\nos.system('touch here')",
        "import subprocess\nsubprocess.run(['touch', 'here'])",
        "import socket\nsocket.socket()",
        "import urllib.request\nurllib.request.urlopen('http://127.0.0.1')",
        "import ctypes",
        "import sys\nsys.modules['os']",
        "import pathlib\npathlib.Path('/etc/passwd').read_text()",
        "import pathlib\npathlib.Path('here').write_text('x')",
        "import importlib\nimportlib.import_module('os')",
        "__import__('os').system('touch here')",
        "eval('__import__(\"os\")')",
        "exec('import os; os.system(\"touch here\")')",
        "().__class__.__base__.__subclasses__()",
        "(lambda: 0).__globals__",
        "(lambda: 0).__code__",
        "getattr((), '__class__')",
        "globals()['__builtins__']",
        "breakpoint()",
        "input()",
        "exit()",
        "import asyncio\nasyncio.run(asyncio.sleep(99))",
        "import time\ntime.sleep(99)",
    ],
)
async def test_nobody_gets_out(
    calculate: Calculate,
    code: str,
    tmp_path: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No file, no network, no secret, nothing of ours; neither is anybody kept waiting."""
    monkeypatch.chdir(str(tmp_path))
    monkeypatch.setenv("SECRET", "hunter2")
    async with asyncio.timeout(30):
        try:
            result = await calculate.use({"code": code}, ())
        except ToolError as error:
            result = str(error)
    assert not os.path.exists("here")  # noqa: PTH110, ASYNC240
    for told in ("hunter2", "root:", "<class 'object'>", "posix"):
        assert told not in result


async def test_nothing_stays_for_the_next(calculate: Calculate) -> None:
    """One viewer's names are nothing to another."""
    await calculate.use({"code": "secret = 7"}, ())
    with pytest.raises(ToolError, match="NameError"):
        await calculate.use({"code": "secret"}, ())


async def test_a_long_result_is_cut(calculate: Calculate) -> None:
    """It has to be read by a slow model."""
    assert len(await calculate.use({"code": "'ab' * 9999"}, ())) == 300
    assert len(await calculate.use({"code": "for _ in range(9999): print('ab')"}, ())) <= 300


@pytest.mark.parametrize("arguments", [{}, {"code": 7}, {"code": "1" * 2001}, {"cod": "1"}])
async def test_wrong_arguments(calculate: Calculate, arguments: dict[str, object]) -> None:
    """The model is told which, and how."""
    with pytest.raises(ToolError, match="code: "):
        await calculate.use(arguments, ())


async def test_it_is_cut_at_once(calculate: Calculate) -> None:
    """A moderator's word ends it, and no process is left when the show is over."""
    running = asyncio.create_task(calculate.use({"code": "while True: pass"}, ()))
    await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert await calculate.use({"code": "1 + 1"}, ()) == "2"
    await calculate.close()
    children = psutil.Process().children(recursive=True)
    # One that has ended may not have been waited for yet.
    left = [one for one in children if one.status() != psutil.STATUS_ZOMBIE]
    assert [one for one in left if "monty" in one.name()] == []
