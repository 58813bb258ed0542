/** `easydict`, `addict`, `yacs.config`, `munch`, `ml_collections`: dicts whose entries are attributes too. */
export const attributeDicts = String.raw`
class EasyDict(dict):
    def __init__(self, d=None, **kwargs):
        super().__init__()
        for name, value in {**(d or {}), **kwargs}.items():
            self[name] = _wrapped(type(self), value)

    def __getattr__(self, name):
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name)

    def __setattr__(self, name, value):
        self[name] = _wrapped(type(self), value)

    def __delattr__(self, name):
        del self[name]

    def update(self, e=None, **f):
        for name, value in {**(e or {}), **f}.items():
            setattr(self, name, value)

    def to_dict(self):
        return dict(self)

    def clone(self):
        return type(self)(self)

    def freeze(self):
        pass

    def defrost(self):
        pass


def _wrapped(kind, value):
    if isinstance(value, EasyDict):
        return value
    if isinstance(value, dict):
        return kind(value)
    if isinstance(value, (list, tuple)):
        return type(value)(_wrapped(kind, item) for item in value)
    return value


class Dict(EasyDict):
    def __getattr__(self, name):
        if name not in self:
            self[name] = Dict()
        return self[name]


class CfgNode(EasyDict):
    def __init__(self, init_dict=None, key_list=None, new_allowed=False):
        super().__init__(init_dict)


class Munch(EasyDict):
    pass


class ConfigDict(EasyDict):
    def __init__(self, initial_dictionary=None, **kwargs):
        super().__init__(initial_dictionary)


def munchify(value):
    return _wrapped(Munch, value)
`;
