from flask import jsonify, request


def handler():
    return jsonify(message="Hello world!", params=request.args), 200
