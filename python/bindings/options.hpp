#pragma once

#include <pybind11/pybind11.h>

#include "octet/options.hpp"

namespace octet::python {

/// From the nested dictionary that `octet._plain` makes of the parameters: keys are field names,
/// enumerations are their words, what is None is unset.
QuantizeOptions to_options(const pybind11::dict& plain);

}  // namespace octet::python
