#pragma once

#include <map>
#include <string>
#include <vector>

#include "import/aten/program.hpp"

/// Programs as text, for tests: one line an input, weight, node, output or expectation.
///
///     input x f32 1 3 8 8          (? for an unknown size)
///     weight p_w conv.weight f32 4 3 3 3 = 0.5 …   (values repeat; without any: 1, 2, 3, …)
///     conv = aten.conv2d.default input=x weight=p_w stride=[2,2] -> f32 1 4 3 3
///     a, b = list aten.split.Tensor self=x split_size=2 -> f32 2 ; f32 2
///     output y conv
///     data x 1 2 3
///     expect op conv Convolution
///
/// Arguments: a value's name, 3, 0.5, True, None, "text", dtype:6, [1,2], [a,b], [None,a].
struct ProgramText {
  octet::importer::aten::Program program;
  std::vector<std::vector<std::string>> expectations;  ///< words after `expect`
  std::map<std::string, std::vector<double>> data;     ///< by input
};

ProgramText parse_program(const std::string& text);
