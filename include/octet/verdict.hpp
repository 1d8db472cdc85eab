#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "octet/export.hpp"

namespace octet {

/// How far one output is from the reference's, over all samples.
struct OutputDifference {
  std::string name;
  double cosine = 1;     ///< between the flattened outputs of a sample, mean over samples
  double sqnr_db = 0;    ///< 10 log10(sum r^2 / sum (r - x)^2) over all elements; infinite if equal
  double max_error = 0;  ///< largest |r - x|
  /// Share of rows whose largest element is at the same place; for outputs of shape [rows,
  /// classes].
  std::optional<double> top1_agreement{};
};

/// The error that is made in one layer: its output with its own inputs and weight rounded, against
/// its output in FP32, both from exact inputs. Errors of layers before it are not counted.
struct LayerError {
  std::string node;    ///< friendly name
  double sqnr_db = 0;  ///< of the layer's output
};

/// What a quantized model is worth, from a few samples of the calibration: INT8 against FP32.
struct Verdict {
  enum class Level {
    unchecked,  ///< not asked for, nothing is quantized, or no output could be compared
    good,
    doubtful,  ///< the outputs differ visibly: measure the metric
    collapsed  ///< the outputs have little to do with those of FP32
  };
  Level level = Level::unchecked;
  std::size_t samples = 0;                ///< samples that were run
  std::vector<OutputDifference> outputs;  ///< those of floating type
  /// Layers where the most error is made, worst first. Empty where the level is good.
  std::vector<LayerError> layers;
  /// Options that give a better model on these samples, as they were measured; empty where the
  /// level is good or none helped.
  std::string remedy;
  double remedy_sqnr_db = 0;  ///< of the worst output with them
};

/// The verdict in one line: "good: INT8 against FP32 on 4 samples: SQNR 24.1 dB, cosine 0.998, the
/// same top-1 in 100 %". Several outputs: the worst one.
OCTET_API std::string to_string(const Verdict& verdict);
/// "unchecked", "good", "doubtful", "collapsed"
OCTET_API std::string word_of(Verdict::Level level);

}  // namespace octet
