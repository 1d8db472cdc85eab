#include "dataset.hpp"

#include <pybind11/stl.h>
#include <pybind11/stl/filesystem.h>

#include "bindings.hpp"
#include "core/option_words.hpp"
#include "octet/model.hpp"
#include "tensors.hpp"
#include "words.hpp"

namespace octet::python {
namespace {

std::optional<std::size_t> positive(const py::object& value) {
  if (!py::isinstance<py::int_>(value)) return std::nullopt;
  const auto number = value.cast<long long>();
  return number < 0 ? std::nullopt : std::optional(static_cast<std::size_t>(number));
}

/// `len()` where the object has one that works.
std::optional<std::size_t> length_of(const py::object& object) {
  const py::object length = py::module_::import("operator").attr("length_hint")(object, -1);
  return positive(length);
}

/// A dataset of the library, which is read once, as Python's users know iterables: each run reads
/// it from its first item on.
class Reopened : public Dataset {
 public:
  explicit Reopened(std::function<std::unique_ptr<Dataset>()> open)
      : open_(std::move(open)), dataset_(open_()) {}

  void rewind() {
    if (is_begun_) dataset_ = open_();
    is_begun_ = false;
  }
  std::optional<Sample> next() override {
    is_begun_ = true;
    return dataset_->next();
  }
  std::optional<std::size_t> size() const override { return dataset_->size(); }
  std::optional<std::size_t> batch_size() const override { return dataset_->batch_size(); }
  std::string describe() const override { return dataset_->describe(); }
  std::vector<Diagnostic> diagnostics() const override { return dataset_->diagnostics(); }

 private:
  std::function<std::unique_ptr<Dataset>()> open_;
  std::unique_ptr<Dataset> dataset_;
  bool is_begun_ = false;
};

std::unique_ptr<Dataset> reopened(std::function<std::unique_ptr<Dataset>()> open) {
  return std::make_unique<Reopened>(std::move(open));
}

}  // namespace

Sample to_sample(const py::object& item, const std::string& where) {
  Sample sample;
  const py::object mapping = py::module_::import("collections.abc").attr("Mapping");
  if (py::isinstance(item, mapping)) {
    for (const py::handle pair : item.attr("items")()) {
      const auto [key, value] = pair.cast<std::pair<py::object, py::object>>();
      const std::string name = py::str(key);
      sample.inputs.emplace_back(name, to_tensor(value, where + ", input '" + name + "'"));
    }
  } else if (py::isinstance<py::tuple>(item) || py::isinstance<py::list>(item)) {
    for (const py::handle value : item) {
      const std::string place = where + ", input " + std::to_string(sample.inputs.size());
      sample.inputs.emplace_back("", to_tensor(py::reinterpret_borrow<py::object>(value), place));
    }
  } else {
    sample.inputs.emplace_back("", to_tensor(item, where));
  }
  return sample;
}

PythonDataset::PythonDataset(py::object iterable, UserFailure& failure)
    : iterable_(std::move(iterable)), failure_(failure), size_(length_of(iterable_)) {
  batch_size_ = positive(py::getattr(iterable_, "batch_size", py::none()));
  const py::object text = py::getattr(iterable_, "description", py::none());
  description_ = py::isinstance<py::str>(text)
                     ? text.cast<std::string>()
                     : py::type::of(iterable_).attr("__name__").cast<std::string>();
}

PythonDataset::~PythonDataset() {
  const py::gil_scoped_acquire held;
  iterator_ = {};
  iterable_ = {};
}

std::optional<Sample> PythonDataset::next() {
  const py::gil_scoped_acquire held;
  const std::string where = "sample " + std::to_string(index_);
  try {
    if (!iterator_)
      iterator_ = py::reinterpret_steal<py::object>(PyObject_GetIter(iterable_.ptr()));
    if (!iterator_) throw py::error_already_set();
    const auto item = py::reinterpret_steal<py::object>(PyIter_Next(iterator_.ptr()));
    if (!item && PyErr_Occurred()) throw py::error_already_set();
    if (!item) return std::nullopt;
    ++index_;
    return to_sample(item, where);
  } catch (py::error_already_set& error) {
    failure_.keep(std::move(error));
    throw Error(ErrorCode::dataset_failed, "data", where,
                "the dataset or its transform raised " + failure_.describe(),
                "The exception is the cause of this one");
  }
}

void with_dataset(const py::object& data, UserFailure& failure,
                  const std::function<void(Dataset&)>& work) {
  if (py::isinstance<Dataset>(data)) {
    auto& native = data.cast<Dataset&>();
    if (auto* again = dynamic_cast<Reopened*>(&native)) again->rewind();
    failure.run([&] { work(native); });
  } else {
    PythonDataset dataset(data, failure);
    failure.run([&] { work(dataset); });
  }
}

void bind_dataset(py::module_& module) {
  py::class_<Dataset>(
      module, "NativeDataset",
      "A dataset that is read without Python. Each run reads it from its first item on.")
      .def("__str__", &Dataset::describe)
      .def_property_readonly("size", &Dataset::size, "Number of items, or None.")
      .def_property_readonly("diagnostics", &Dataset::diagnostics);

  module.def(
      "image_folder",
      [](const std::filesystem::path& folder, std::size_t height, std::size_t width,
         std::vector<float> mean, std::vector<float> scale, const std::string& layout,
         std::vector<std::size_t> resize, std::vector<std::size_t> crop, bool raw_255,
         bool strict) {
        ImageOptions options;
        options.mean = std::move(mean);
        options.scale = std::move(scale);
        options.layout = parse_word<Layout>(layout, "layout");
        options.resize = std::move(resize);
        options.crop = std::move(crop);
        options.raw_255 = raw_255;
        options.strict = strict;
        return reopened([=] { return image_folder(folder, options, height, width); });
      },
      py::arg("folder"), py::kw_only(), py::arg("height") = 0, py::arg("width") = 0,
      py::arg("mean") = std::vector<float>(), py::arg("scale") = std::vector<float>(),
      py::arg("layout") = "nchw", py::arg("resize") = std::vector<std::size_t>(),
      py::arg("crop") = std::vector<std::size_t>(), py::arg("raw_255") = false,
      py::arg("strict") = false,
      "Images of a folder in the order of their names: decoded to RGB, resized (shorter side, "
      "bilinear), cropped, divided by 255, minus `mean`, divided by `scale`. Each is an item of "
      "shape [1, 3, height, width], or [1, height, width, 3] for layout 'nhwc'.");
  module.def(
      "_tensor_address",
      [](const py::object& array) {
        return reinterpret_cast<std::uintptr_t>(to_tensor(array, "the array").data());
      },
      py::arg("array"), "Where the library reads an array's elements, for tests of copies.");
  module.def(
      "npy_file",
      [](const std::filesystem::path& file) { return reopened([=] { return npy_file(file); }); },
      py::arg("file"), "One .npy: the first axis counts the samples, each becomes an item.");
  module.def(
      "npz_file",
      [](const std::filesystem::path& file) { return reopened([=] { return npz_file(file); }); },
      py::arg("file"), "One .npz: arrays are named inputs whose first axis counts the samples.");
  module.def(
      "random_samples",
      [](const Model& model, std::size_t count) {
        return reopened([=, graph = model.graph] { return random_samples(graph, count); });
      },
      py::arg("model"), py::arg("count"),
      "Uniform noise from a fixed seed. Ranges measured on noise are meaningless.");
}

}  // namespace octet::python
