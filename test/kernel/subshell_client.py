"""Uses a subshell of a running kernel with Jupyter's own client: create, list, execute, delete. Argument: connection file."""

import json
import sys

from jupyter_client.blocking.client import BlockingKernelClient

TIMEOUT = 60

client = BlockingKernelClient(connection_file=sys.argv[1])
client.load_connection_file()
client.start_channels()


def answer(channel, request):
    while True:
        message = channel.get_msg(timeout=TIMEOUT)
        if message["parent_header"].get("msg_id") == request["header"]["msg_id"]:
            return message["content"]


def control(kind, **content):
    request = client.session.msg(f"{kind}_request", content)
    client.control_channel.send(request)
    return answer(client.control_channel, request)


def execute(code, subshell_id):
    request = client.session.msg("execute_request", {"code": code, "user_expressions": {"answer": "x * 2"}})
    request["header"]["subshell_id"] = subshell_id
    client.shell_channel.send(request)
    content = answer(client.shell_channel, request)
    expressions = content.get("user_expressions") or {}
    return [content["status"], expressions.get("answer", {}).get("data", {}).get("text/plain", content.get("ename"))]


created = control("create_subshell")
subshell = created["subshell_id"]
report = {
    "features": control("kernel_info")["supported_features"],
    "created": created["status"],
    "listed": control("list_subshell")["subshell_id"] == [subshell],
    "executed": execute("let x = 21", subshell),
    "deleted": control("delete_subshell", subshell_id=subshell),
    "left": control("list_subshell")["subshell_id"],
    "gone": execute("x", subshell),
    "usage": sorted(control("usage")),
}
client.stop_channels()
print(json.dumps(report))
