/** `argparse`: the program is taken to be started without arguments, so all have their defaults. */
export const argparse = String.raw`
SUPPRESS = "==SUPPRESS=="
REMAINDER = "..."


class Namespace:
    def __init__(self, **kwargs):
        for name, value in kwargs.items():
            setattr(self, name, value)

    def __contains__(self, key):
        return key in self.__dict__

    def __eq__(self, other):
        return isinstance(other, Namespace) and vars(self) == vars(other)


class HelpFormatter:
    pass


class ArgumentDefaultsHelpFormatter(HelpFormatter):
    pass


class RawTextHelpFormatter(HelpFormatter):
    pass


class RawDescriptionHelpFormatter(HelpFormatter):
    pass


class ArgumentTypeError(Exception):
    pass


class BooleanOptionalAction:
    pass


def _default_of(options, positional):
    if "default" in options:
        value = options["default"]
        kind = options.get("type")
        return kind(value) if kind is not None and isinstance(value, str) else value
    action = options.get("action")
    if action == "store_true":
        return False
    if action == "store_false":
        return True
    if positional or options.get("required"):
        if positional and options.get("nargs") in ("?", "*"):
            return None
        return __command_line_value__()
    return None


class ArgumentParser:
    def __init__(self, *args, **kwargs):
        self._values = {}
        self._defaults = {}
        self._parents = kwargs.get("parents", [])
        for parent in self._parents:
            self._values.update(parent._values)

    def add_argument(self, *names, **options):
        if names[0] in ("-h", "--help") or options.get("action") in ("version", "help"):
            return None
        positional = not names[0].startswith("-")
        longs = [name for name in names if name.startswith("--")]
        name = options.get("dest") or (longs[0] if longs else names[0]).lstrip("-").replace("-", "_")
        if options.get("action") == "store_const":
            options.setdefault("default", None)
        if options.get("default") == SUPPRESS:
            return None
        if name not in self._values or "default" in options:
            self._values[name] = _default_of(options, positional)
        return None

    def add_argument_group(self, *args, **kwargs):
        return self

    def add_mutually_exclusive_group(self, *args, **kwargs):
        return self

    def set_defaults(self, **kwargs):
        self._defaults.update(kwargs)

    def get_default(self, name):
        return {**self._values, **self._defaults}.get(name)

    def parse_args(self, args=None, namespace=None):
        if args:
            return __command_line_value__()
        made = Namespace(**{**self._values, **self._defaults})
        if namespace is not None:
            for name, value in vars(made).items():
                if not hasattr(namespace, name):
                    setattr(namespace, name, value)
            return namespace
        return made

    def parse_known_args(self, args=None, namespace=None):
        return self.parse_args(args, namespace), []

    def print_help(self, *args):
        pass

    def error(self, message):
        raise SystemExit(message)
`;
