"""Greets over HTTP: `flask --app app.py run`."""

from flask import Flask, render_template_string, request

app = Flask(__name__)


@app.route("/")
def greet():
    return render_template_string("Hello, {{ name }}!", name=request.args.get("name", "world")) + "\n"
