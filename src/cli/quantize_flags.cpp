#include "cli/quantize_flags.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <limits>
#include <string_view>

#include "cli/advanced_json.hpp"
#include "cli/words.hpp"

namespace octet::cli {
namespace {

constexpr const char* group = "Quantization";

/// "performance, mixed"
template <typename Enum>
std::string choices() {
  return core::join({core::words_of<Enum>.begin(), core::words_of<Enum>.end()}, ", ");
}

std::vector<std::string> names_in(std::string_view text) {
  std::vector<std::string> names;
  while (true) {
    const std::size_t comma = std::min(text.find(','), text.size());
    std::string_view name = text.substr(0, comma);
    while (name.starts_with(' ')) name.remove_prefix(1);
    while (name.ends_with(' ')) name.remove_suffix(1);
    names.emplace_back(name);
    if (comma == text.size()) return names;
    text.remove_prefix(comma + 1);
  }
}

/// `a, b -> c`
Subgraph parse_subgraph(const std::string& text) {
  constexpr std::string_view arrow = "->";
  const std::size_t at = text.find(arrow);
  Subgraph subgraph;
  if (at != std::string::npos) {
    subgraph.inputs = names_in(std::string_view(text).substr(0, at));
    subgraph.outputs = names_in(std::string_view(text).substr(at + arrow.size()));
  }
  const auto has_empty = [](const std::vector<std::string>& names) {
    return names.empty() || std::ranges::find(names, "") != names.end();
  };
  if (has_empty(subgraph.inputs) || has_empty(subgraph.outputs))
    throw Error(ErrorCode::invalid_argument, "command", "option '--ignore-subgraph'",
                "'" + text + "' is not of the form FIRST->LAST",
                "Name where the subgraph begins and ends, as in 'encoder.0->encoder.3'; several "
                "names with commas");
  return subgraph;
}

/// `500M`, `2G`; a suffix is a power of 1024.
std::size_t parse_bytes(const std::string& text, const std::string& where) {
  std::size_t bytes = 0;
  const char* const end = text.data() + text.size();
  auto [rest, error] = std::from_chars(text.data(), end, bytes);
  int shift = 0;
  if (rest != end) {
    const char suffix = static_cast<char>(std::toupper(static_cast<unsigned char>(*rest++)));
    shift = suffix == 'K' ? 10 : suffix == 'M' ? 20 : suffix == 'G' ? 30 : -1;
  }
  const bool is_bytes = error == std::errc{} && rest == end && shift >= 0 && bytes != 0 &&
                        bytes <= (std::numeric_limits<std::size_t>::max() >> shift);
  if (!is_bytes)
    throw Error(ErrorCode::invalid_argument, "command", where,
                "'" + text + "' is no number of bytes", "Say it as in 500M or 2G");
  return bytes << shift;
}

}  // namespace

void QuantizeFlags::declare(CLI::App& app) {
  const auto add = [&](const std::string& name, auto& target, const std::string& text) {
    return app.add_option(name, target, text)->group(group);
  };
  add("--preset", preset_,
      choices<Preset>() + " (asymmetric activations); default: performance, for transformers mixed")
      ->type_name("WORD");
  add("--model-type", model_type_, choices<ModelType>() + ": protects what attention needs")
      ->type_name("WORD");
  add("--target-device", target_device_, choices<TargetDevice>() + "; default: any")
      ->type_name("WORD");
  add("--subset-size", subset_size_, "samples to calibrate with")
      ->type_name("N")
      ->capture_default_str();
  const auto add_list = [&](const std::string& name, std::vector<std::string>& target,
                            const std::string& text) {
    // One value each time, so that what follows is not taken for another one.
    add(name, target, text)->expected(1)->take_all()->allow_extra_args(false);
  };
  add_list("--ignore,--ignore-name", ignored_.names,
           "leave this layer in floating point: module path or node name; may be repeated");
  add_list("--ignore-pattern", ignored_.patterns,
           "the same for names that begin with this regular expression");
  add_list("--ignore-type", ignored_.types,
           "the same for an operation (conv2d, MatMul) or a module class");
  add_list("--ignore-subgraph", ignored_subgraphs_,
           "the same for all that lies on a path FIRST->LAST; several names with commas");
  app.add_flag("--allow-unmatched", allow_unmatched_,
               "an ignore rule that matches nothing is no error")
      ->group(group);
  app.add_flag("--fast-bias-correction,!--accurate-bias-correction", fast_bias_correction_,
               "how the shift of each layer's mean is corrected; default: fast")
      ->group(group);
  add("--on-collapse", on_collapse_,
      choices<OnCollapse>() +
          ": what to do where the outputs of INT8 have little to do with those "
          "of FP32; default: warn")
      ->type_name("WORD");
  add("--advanced", advanced_, "advanced parameters: JSON by their Python names, or a file of it")
      ->type_name("JSON");
  add("--max-memory", max_memory_,
      "what measuring may take, by an estimate: fewer samples run at a time; does not change the "
      "result")
      ->type_name("BYTES[K|M|G]");
  add("--threads", threads_, "threads used; 0: all cores; does not change the result")
      ->type_name("N")
      ->capture_default_str();
}

QuantizeOptions QuantizeFlags::options() const {
  QuantizeOptions options;
  if (!preset_.empty()) options.preset = parse_word<Preset>(preset_, "option '--preset'");
  if (!model_type_.empty())
    options.model_type = parse_word<ModelType>(model_type_, "option '--model-type'");
  if (!target_device_.empty())
    options.target_device = parse_word<TargetDevice>(target_device_, "option '--target-device'");
  if (!on_collapse_.empty())
    options.on_collapse = parse_word<OnCollapse>(on_collapse_, "option '--on-collapse'");
  options.subset_size = subset_size_;
  options.threads = threads_;
  if (!max_memory_.empty()) options.max_memory = parse_bytes(max_memory_, "option '--max-memory'");
  options.fast_bias_correction = fast_bias_correction_;
  options.ignored_scope = ignored_;
  for (const std::string& text : ignored_subgraphs_)
    options.ignored_scope.subgraphs.push_back(parse_subgraph(text));
  options.ignored_scope.validate = !allow_unmatched_;
  if (!advanced_.empty()) options.advanced = parse_advanced(advanced_);
  return options;
}

}  // namespace octet::cli
