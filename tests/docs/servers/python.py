# Drives the guide's `once` through the rules; prints one line of JSON for each, and what was performed.
import importlib.util
import json
import sys
import threading

spec = importlib.util.spec_from_file_location("guide", sys.argv[1])
guide = importlib.util.module_from_spec(spec)
spec.loader.exec_module(guide)

performed = []
items = 1


def attempt(scope, key, intent, fault=False):
    def perform(request, stripe_key):
        global items
        performed.append([request["items"], stripe_key])
        if fault:
            raise RuntimeError("no answer")
        items = request["items"]
        return 200, {"items": items}

    try:
        return guide.once(scope, key, intent, lambda: {"items": items + 1}, perform)[0]
    except RuntimeError:
        return "thrown"


def beside():
    answers = []
    start = threading.Barrier(2)

    def one():
        start.wait()
        answers.append(attempt(scope, "k1", "a"))

    threads = [threading.Thread(target=one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def say(name, value):
    print(json.dumps([name, value], separators=(",", ":")))


scope, other = ["visitor", "cs_1", "/add"], ["other", "cs_1", "/add"]
say("beside", beside())
say("again", attempt(scope, "k1", "a"))
say("another intent", attempt(scope, "k1", "b"))
say("another visitor", attempt(other, "k1", "a"))
say("in doubt", attempt(scope, "k2", "a", True))
items = 7
say("in doubt, again", attempt(scope, "k2", "a"))
say("performed", [count for count, _ in performed])
say("keys", len({key for _, key in performed}))
