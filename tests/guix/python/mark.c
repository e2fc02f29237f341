#include <Python.h>

static struct PyModuleDef mark = {PyModuleDef_HEAD_INIT, "mark", NULL, -1, NULL};

PyMODINIT_FUNC PyInit_mark(void) {
  PyObject *module = PyModule_Create(&mark);
  if (module != NULL && PyModule_AddStringConstant(module, "MARK", "!") < 0) Py_CLEAR(module);
  return module;
}
