#pragma once

#include <string>

#include "octet/model.hpp"

namespace octet::tests {

/// Builds a model from text, one node a line, named as in the text:
///
///     x = Parameter f32[1,8,6,6]
///     c = Convolution(x, const[4,8,1,1]) strides=1,1
///     s = Split(c, i64:1) num_splits=2
///     y = Add(s.0, s.1)
///     r = Result(y)
///     @ y value=add module=layer1.block class=torch.nn.Module op=aten.add.Tensor
///
/// Any operation of OpenVINO can be used by its type (of the newest set of operations, or as in
/// `ReadValue@3`), with its attributes by their names. An
/// operand is a node, an output of one (`s.1`), a constant of floats `const[shape]` (or
/// `f16[shape]`), or one of integers `i64{1,2,3}`; constants are named after the input, `c/1`. A
/// line with `@` says where a node came from. `#` begins a comment.
Model parse_model(const std::string& text);

/// The text of a chain of residual blocks, of any length: convolution `c0`, bias `b0`, activation
/// `r0`, the sum `a0` with what went in, and another activation.
std::string residual_blocks(int blocks);

}  // namespace octet::tests
