# Called for every request. Change the greeting, save, and ask again.
from flask import jsonify, request

GREETING = "Hello"


def handler():
    name = request.args.get("name", "world")
    return jsonify(message=f"{GREETING}, {name}!", **{"from": "Python"}, path=request.path)
