"""Lifts the plain functions out of the tests of the installed numba, each with what it needs to stand alone.

A function is plain if it isn't a method or a test, and carries no decorator but those that mean "compile this". It is
lifted with the helper functions, constants and imports that its free names refer to, wherever around it they are bound.
"""

import ast
import builtins
import os
import symtable
import textwrap
from dataclasses import dataclass, field

import numba

#: Decorators that leave a function what it is.
PLAIN_DECORATORS = {"jit", "njit", "vectorize", "register_jitable", "cfunc", "staticmethod", "generated_jit"}
COMPILERS = {"jit", "njit", "vectorize", "register_jitable", "cfunc"}
MODULES = {"math", "cmath", "numpy", "numba"}
#: Not what a language of numbers is about.
SKIPPED_FOLDERS = {"cuda", "gdb", "npyufunc", "pycc_distutils_usecase", "__pycache__"}
EVALUATION = {"math": __import__("math"), "cmath": __import__("cmath"), "np": __import__("numpy")}


@dataclass
class Lifted:
    name: str
    file: str
    line: int
    parameters: list
    #: The whole module: imports, constants, helpers, the function.
    source: str
    #: Free names that nothing around the function explains.
    missing: list = field(default_factory=list)


def lifted_functions():
    """Every distinct function of numba's tests, in the order of files and lines."""
    folder = os.path.join(os.path.dirname(numba.__file__), "tests")
    return functions_of(test_files(folder), folder)


def functions_of(paths, folder=None):
    seen = set()
    for path in paths:
        with open(path, encoding="utf-8") as file:
            text = file.read()
        try:
            tree = ast.parse(text)
        except SyntaxError:
            continue
        module = ModuleText(os.path.relpath(path, folder or os.path.dirname(path)), text)
        for function in module.functions(tree):
            key = normal_form(function)
            if key not in seen:
                seen.add(key)
                yield function


def test_files(folder):
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in SKIPPED_FOLDERS)
        yield from (os.path.join(parent, name) for name in sorted(names) if name.endswith(".py"))


def normal_form(function):
    """Equal for functions that differ in their own name, comments and layout only."""
    tree = ast.parse(function.source)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name == function.name:
            node.name = "f"
        elif isinstance(node, ast.Name) and node.id == function.name:
            node.id = "f"
    return ast.dump(tree)


class Scope:
    """The names that one module, class or function binds, and how."""

    def __init__(self, node, parent):
        self.parent = parent
        self.node = node
        self.bindings = {}
        for statement in statements_of(node):
            for name, binding in bindings_of(statement):
                self.bindings.setdefault(name, []).append(binding)
        if isinstance(node, ast.FunctionDef):
            for name in parameter_names(node.args):
                self.bindings.setdefault(name, []).append(None)

    def lookup(self, name):
        """The one binding of `name` and its scope; None where it has none, or too many."""
        scope = self
        while scope is not None:
            if name in scope.bindings and not isinstance(scope.node, ast.ClassDef):
                found = scope.bindings[name]
                # Fallback definitions (try … except ImportError) come later.
                return (found[0], scope) if len(found) == 1 or scope.parent is None else (None, scope)
            scope = scope.parent
        return None


def statements_of(node):
    """The statements of a block and of those nested in it, but not of the functions and classes in it."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt):
            yield child
            if not isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                yield from statements_of(child)
        elif isinstance(child, (ast.ExceptHandler, ast.match_case)):
            yield from statements_of(child)


def bindings_of(statement):
    if isinstance(statement, ast.FunctionDef):
        yield statement.name, statement
    elif isinstance(statement, (ast.Import, ast.ImportFrom)):
        for alias in statement.names:
            yield alias.asname or alias.name.split(".")[0], (statement, alias)
    elif isinstance(statement, ast.Assign):
        for target in statement.targets:
            if isinstance(target, ast.Name):
                yield target.id, statement.value
            elif isinstance(target, (ast.Tuple, ast.List)):
                values = statement.value.elts if isinstance(statement.value, (ast.Tuple, ast.List)) else []
                for index, element in enumerate(target.elts):
                    if isinstance(element, ast.Name):
                        paired = len(values) == len(target.elts)
                        yield element.id, values[index] if paired else None
    elif isinstance(statement, (ast.AugAssign, ast.AnnAssign)) and isinstance(statement.target, ast.Name):
        yield statement.target.id, getattr(statement, "value", None) if isinstance(statement, ast.AnnAssign) else None
    elif isinstance(statement, (ast.For, ast.With)):
        for node in ast.walk(statement.target if isinstance(statement, ast.For) else statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                yield node.id, None


def parameter_names(arguments):
    plain = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return [each.arg for each in [*plain, arguments.vararg, arguments.kwarg] if each is not None]


class ModuleText:
    def __init__(self, file, text):
        self.file = file
        self.text = text
        self.lines = text.splitlines(keepends=True)

    def functions(self, tree):
        yield from self.visit(tree, Scope(tree, None), None)

    def visit(self, node, scope, target):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef):
                if is_plain(child):
                    yield self.lift(child, child.name, scope)
                yield from self.visit(child, Scope(child, scope), None)
            elif isinstance(child, ast.ClassDef):
                yield from self.visit(child, Scope(child, scope), None)
            elif isinstance(child, ast.Lambda):
                yield self.lift(child, target or f"lambda_{child.lineno}", scope)
            else:
                named = isinstance(child, ast.Assign) and isinstance(child.targets[0], ast.Name)
                yield from self.visit(child, scope, child.targets[0].id if named else target)

    def lift(self, node, name, scope):
        needs = Needs(self, node)
        body = self.function_text(node, name)
        needs.collect(body, scope)
        source = "".join([*needs.imports, *needs.constants, *needs.helpers, body])
        parameters = parameter_names(node.args)
        return Lifted(name, self.file, node.lineno, parameters, source, sorted(needs.missing))

    def function_text(self, node, name):
        if isinstance(node, ast.Lambda):
            arguments = ast.unparse(node.args)
            return f"def {name}({arguments}):\n    return {ast.unparse(node.body)}\n"
        text = textwrap.dedent("".join(self.lines[node.lineno - 1 : node.end_lineno]))
        if not text.endswith("\n"):
            text += "\n"
        if not is_module(text):
            # A text of several lines inside it does not stand at the margin.
            text = ast.unparse(without_decorators(node)) + "\n"
        if name != node.name:
            text = text.replace(f"def {node.name}(", f"def {name}(", 1)
        return text


def is_module(text):
    try:
        return isinstance(ast.parse(text).body[0], ast.FunctionDef)
    except SyntaxError:
        return False


def without_decorators(node):
    copy = ast.parse(ast.unparse(node)).body[0]
    copy.decorator_list = []
    return copy


def is_plain(node):
    names = parameter_names(node.args)
    if names[:1] in (["self"], ["cls"]) or node.name.startswith(("test_", "check_")):
        return False
    return all(called_name(decorator) in PLAIN_DECORATORS for decorator in node.decorator_list)


def called_name(node):
    """`njit` of `njit`, `numba.njit`, `njit(cache=True)` and `jit(nopython=True)(…)`."""
    while isinstance(node, ast.Call):
        node = node.func
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else None


class Needs:
    """What one function needs around it, found by following its free names."""

    def __init__(self, module, node):
        self.module = module
        self.imports, self.constants, self.helpers = [], [], []
        self.missing = set()
        self.done = {node.name} if isinstance(node, ast.FunctionDef) else set()

    def collect(self, text, scope):
        for name in sorted(free_names(text)):
            if name not in self.done:
                self.done.add(name)
                self.resolve(name, scope)

    def resolve(self, name, scope):
        found = scope.lookup(name)
        if found is None:
            if not hasattr(builtins, name):
                self.missing.add(name)
            return
        binding, where = found
        if isinstance(binding, tuple):
            self.import_name(name, *binding)
        elif isinstance(binding, ast.FunctionDef):
            self.help(name, binding, where)
        elif isinstance(binding, ast.Lambda):
            self.help(name, binding, where)
        elif isinstance(binding, ast.AST):
            self.assigned(name, binding, where)
        else:
            self.missing.add(name)

    def import_name(self, name, statement, alias):
        if isinstance(statement, ast.Import):
            if alias.name.split(".")[0] in MODULES and ("." not in alias.name or alias.asname is None):
                module = alias.name if alias.asname else alias.name.split(".")[0]
                self.imports.append(f"import {module} as {name}\n" if module != name else f"import {module}\n")
                return
        elif statement.level == 0 and statement.module is not None:
            top = statement.module.split(".")[0]
            if statement.module in MODULES or (top == "numba" and "tests" not in statement.module):
                module = statement.module if statement.module in MODULES else "numba"
                # numba.core.types and the like are reexported by numba itself.
                if module in MODULES and (module != "numba" or hasattr(numba, alias.name)):
                    self.imports.append(f"from {module} import {alias.name} as {name}\n")
                    return
        self.missing.add(name)

    def help(self, name, node, scope):
        if isinstance(node, ast.FunctionDef) and not is_plain(node):
            self.missing.add(name)
            return
        text = self.module.function_text(node, name)
        self.collect(text, Scope(node, scope) if isinstance(node, ast.FunctionDef) else scope)
        self.helpers.append(text)

    def assigned(self, name, value, scope):
        if isinstance(value, ast.Call) and called_name(value) in COMPILERS:
            # compiled = njit(function), or jit(nopython=True)(function)
            inner = value.args[-1] if value.args else None
            if isinstance(inner, ast.Lambda):
                self.help(name, inner, scope)
                return
            found = scope.lookup(inner.id) if isinstance(inner, ast.Name) else None
            if found and isinstance(found[0], (ast.FunctionDef, ast.Lambda)):
                self.help(name, *found)
                return
        if isinstance(value, ast.Name) and value.id != name:
            found = scope.lookup(value.id)
            if found and isinstance(found[0], (ast.FunctionDef, ast.Lambda)):
                self.help(name, *found)
                return
        constant = constant_of(value, scope)
        if constant is None:
            self.missing.add(name)
        else:
            self.constants.append(f"{name} = {constant!r}\n" if constant == constant else f"{name} = float('nan')\n")


def constant_of(node, scope, depth=0):
    """The number that an expression of numbers and other constants is; None where it is something else."""
    names = {child.id for child in ast.walk(node) if isinstance(child, ast.Name)}
    values = dict(EVALUATION)
    for name in names - set(values):
        found = scope.lookup(name)
        if found is None and hasattr(builtins, name):
            continue
        inner = found[0] if found else None
        if not isinstance(inner, ast.AST) or isinstance(inner, (ast.FunctionDef, ast.Lambda)) or depth > 5:
            return None
        value = constant_of(inner, found[1], depth + 1)
        if value is None:
            return None
        values[name] = value
    try:
        value = eval(compile(ast.Expression(node), "constant", "eval"), values)
    except Exception:
        return None
    value = value.item() if hasattr(value, "item") and getattr(value, "shape", 0) == () else value
    return value if is_constant(value) else None


def is_constant(value):
    if isinstance(value, tuple):
        return len(value) > 0 and all(is_constant(member) for member in value)
    return isinstance(value, (bool, int, float, complex))


def free_names(text):
    """Names that a function's text takes from around it."""
    names = set()

    def visit(table):
        for symbol in table.get_symbols():
            outside = symbol.is_global() if table.get_type() == "function" else not symbol.is_assigned()
            if symbol.is_referenced() and outside:
                names.add(symbol.get_name())
        for child in table.get_children():
            visit(child)

    try:
        table = symtable.symtable(text, "lifted", "exec")
    except SyntaxError:
        # It changes a variable of the function around it.
        return {"nonlocal"}
    visit(table)
    return names - {symbol.get_name() for symbol in table.get_symbols() if symbol.is_assigned()}
