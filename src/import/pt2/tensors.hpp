#pragma once

#include <map>
#include <optional>
#include <string>

#include <openvino/core/partial_shape.hpp>
#include <openvino/runtime/tensor.hpp>

#include "import/aten/program.hpp"
#include "import/pt2/json.hpp"
#include "io/zip.hpp"

namespace octet::importer::pt2 {

/// Upper bounds of symbolic sizes, by symbol.
using Bounds = std::map<std::string, std::int64_t>;

/// Element type of a code of the archive's schema; fails where OpenVINO has none.
ov::element::Type element_type(const View& code);
/// `c10::ScalarType` of a code of the archive's schema, which counts from one.
int c10_code(const View& code);
/// Type and shape from a `TensorMeta`; symbolic sizes are dynamic.
aten::ValueMeta tensor_meta(const View& meta, const Bounds& bounds);

/// The tensors that the archive holds, by qualified name.
class Tensors {
 public:
  /// `folder` is `data/weights/` or `data/constants/` under the root, `config` the entry that
  /// lists it.
  void read(const io::ZipArchive& archive, const std::string& folder, const std::string& config);
  const ov::Tensor* find(const std::string& qualified_name) const;
  /// The name belongs to a pickled object.
  bool is_pickled(const std::string& qualified_name) const;
  const std::shared_ptr<void>& owner() const { return owner_; }

 private:
  std::map<std::string, ov::Tensor> tensors_;
  std::map<std::string, std::string> pickled_;
  std::shared_ptr<void> owner_;
};

}  // namespace octet::importer::pt2
