/// Octet: post-training INT8 quantization for OpenVINO. The whole public API.
#pragma once

#include "octet/accuracy_control.hpp"
#include "octet/calibrate.hpp"
#include "octet/dataset.hpp"
#include "octet/diagnose.hpp"
#include "octet/error.hpp"
#include "octet/model.hpp"
#include "octet/options.hpp"
#include "octet/preview.hpp"
#include "octet/quantize.hpp"
#include "octet/recipe.hpp"
#include "octet/report.hpp"
#include "octet/runtime.hpp"
#include "octet/tune.hpp"
#include "octet/verdict.hpp"
#include "octet/version.hpp"
