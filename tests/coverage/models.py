"""The models whose import is tested: how each is built, and its inputs for a batch."""

import importlib
import importlib.util
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import modules
import torch
from torch import nn

SHARED = Path(__file__).resolve().parents[2].parent / "shared"

Inputs = tuple | dict  #: positional, or by keyword


class Unavailable(Exception):
    """What the model is built from is not there; the reason."""


@dataclass(frozen=True)
class Row:
    name: str
    group: str
    build: Callable[[], nn.Module]
    inputs: Callable[[int], Inputs]  #: for a batch of that many
    batch_axes: tuple[int, ...] = ()  #: of each input, where not 0
    quick: bool = False  #: part of the quick subset
    fixed_batch: str = ""  #: why the model itself has one batch size only


def make_model(row: Row) -> nn.Module:
    """The same weights each time. Raises Unavailable."""
    torch.manual_seed(1)
    model = row.build().eval()
    if row.group != "eval":
        make_busy(model)
    return model


def make_inputs(row: Row, batch: int, sample: int = 0) -> tuple[tuple, dict]:
    torch.manual_seed(100 + batch + 10 * sample)
    inputs = row.inputs(batch)
    return ((), inputs) if isinstance(inputs, dict) else (inputs, {})


@torch.no_grad()
def make_busy(model: nn.Module) -> None:
    """New models have parts that do next to nothing: batch norms of the identity, heads of zeros,
    layer scales of a millionth. These do what trained ones do."""
    for module in model.modules():
        if isinstance(module, nn.modules.batchnorm._BatchNorm):
            nn.init.uniform_(module.weight, 0.7, 1.3)
            nn.init.normal_(module.running_mean, 0, 0.1)
            nn.init.uniform_(module.running_var, 0.7, 1.3)
    for parameter in model.parameters():
        if parameter.numel() > 1 and bool((parameter == parameter.flatten()[0]).all()):
            parameter.add_(torch.randn_like(parameter), alpha=0.05)


def image(size: int) -> Callable[[int], Inputs]:
    return lambda batch: (torch.randn(batch, 3, size, size),)


def pair_of_images(batch: int) -> Inputs:
    return torch.randn(batch, 3, 32, 32), torch.randn(batch, 3, 32, 32)


def features(*shape: int) -> Callable[[int], Inputs]:
    return lambda batch: (torch.randn(batch, *shape),)


def tokens(batch: int) -> Inputs:
    return (torch.randint(0, 100, (batch, 14)),)


def padding_mask(batch: int, length: int) -> torch.Tensor:
    """Each row of the batch is padded by one token more, up to half of the length."""
    lengths = length - torch.arange(batch) % (length // 2)
    return (torch.arange(length) < lengths[:, None]).long()


def masked_features(batch: int) -> Inputs:
    return torch.randn(batch, 10, 32), padding_mask(batch, 10)


def sound_and_state(batch: int) -> Inputs:
    return torch.randn(batch, 256), torch.randn(2, batch, 32)


def text(batch: int) -> Inputs:
    length = 16
    return {
        "input_ids": torch.randint(3, 200, (batch, length)),
        "attention_mask": padding_mask(batch, length),
    }


# ---- torchvision


def import_torchvision():
    """As installed; or, where its operators do not fit this torch, by the shared helper."""
    if importlib.util.find_spec("torchvision") is None:
        raise Unavailable("torchvision is not installed")
    try:
        return importlib.import_module("torchvision.models")
    except Exception as error:
        for name in [name for name in sys.modules if name.split(".")[0] == "torchvision"]:
            del sys.modules[name]
        helper = SHARED / "tools"
        if not (helper / "torchvision_python_only.py").is_file():
            raise Unavailable(f"torchvision does not fit this torch: {error}") from error
        sys.path.insert(0, str(helper))
        importlib.import_module("torchvision_python_only")
        return importlib.import_module("torchvision.models")


def vision(name: str, size: int = 224, quick: bool = False, **options: object) -> Row:
    def build() -> nn.Module:
        models = import_torchvision()
        library = models if hasattr(models, name) else models.segmentation
        return getattr(library, name)(weights=None, **options)

    return Row(name, "torchvision", build, image(size), quick=quick)


# ---- transformers


def transformer(
    name: str,
    model: str,
    config: str,
    options: dict,
    inputs: Callable[[int], Inputs] = text,
    part: Callable[[nn.Module], nn.Module] = lambda network: network,
    quick: bool = False,
) -> Row:
    def build() -> nn.Module:
        if importlib.util.find_spec("transformers") is None:
            raise Unavailable("transformers is not installed")
        if importlib.util.find_spec("torchvision") is not None:
            import_torchvision()  # transformers imports it, too
        library = importlib.import_module("transformers")
        network = getattr(library, model)(getattr(library, config)(**options))
        return part(network)

    return Row(name, "transformers", build, inputs, quick=quick)


SMALL = {
    "vocab_size": 200,
    "hidden_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 96,
    "max_position_embeddings": 64,
}
GPT2 = {
    "vocab_size": 200,
    "n_embd": 48,
    "n_layer": 2,
    "n_head": 4,
    "n_positions": 64,
    "use_cache": False,
}
LLAMA = {**SMALL, "num_key_value_heads": 2, "use_cache": False}
EAGER = {"attn_implementation": "eager"}


def mel_spectrogram(batch: int) -> Inputs:
    return {"input_features": torch.randn(batch, 16, 64)}


def pixels(size: int) -> Callable[[int], Inputs]:
    return lambda batch: {"pixel_values": torch.randn(batch, 3, size, size)}


# ---- trained models with real data, beside the project


def trained(folder: str, function: str = "model", variables: dict | None = None) -> Callable:
    """`load.py` of the folder. Its variables replace those of the same name."""

    def build() -> nn.Module:
        path = SHARED / "eval" / folder / "load.py"
        if not path.is_file():
            raise Unavailable("../shared/eval is not there")
        for library in ("onnx", "safetensors"):
            if importlib.util.find_spec(library) is None:
                raise Unavailable(f"{library} is not installed")
        spec = importlib.util.spec_from_file_location(f"load_{folder}", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        vars(module).update(variables or {})
        return getattr(module, function)()

    return build


def sentence(batch: int) -> Inputs:
    return torch.randint(1000, 20000, (batch, 64)), padding_mask(batch, 64)


MODELS = [
    vision("resnet18", quick=True),
    vision("resnet50"),
    vision("mobilenet_v2"),
    vision("mobilenet_v3_small", quick=True),
    vision("mobilenet_v3_large"),
    vision("efficientnet_b0"),
    vision("densenet121"),
    vision("squeezenet1_1"),
    vision("shufflenet_v2_x1_0", quick=True),
    vision("regnet_y_400mf"),
    vision("convnext_tiny"),
    vision("googlenet", init_weights=False),
    vision("inception_v3", 299, init_weights=False),
    vision("vit_b_16"),
    vision("swin_t"),
    vision("swin_v2_t"),
    vision("deeplabv3_resnet50", weights_backbone=None),
    vision("lraspp_mobilenet_v3_large", weights_backbone=None),
    Row("unet", "own", modules.UNet, image(64), quick=True),
    transformer("bert", "BertModel", "BertConfig", SMALL, quick=True),
    transformer("bert_eager", "BertModel", "BertConfig", {**SMALL, **EAGER}),
    transformer(
        "distilbert",
        "DistilBertModel",
        "DistilBertConfig",
        {"vocab_size": 200, "dim": 48, "n_layers": 2, "n_heads": 4, "hidden_dim": 96},
    ),
    transformer(
        "albert",
        "AlbertModel",
        "AlbertConfig",
        {**SMALL, "embedding_size": 24, "num_hidden_groups": 1},
    ),
    transformer("gpt2", "GPT2LMHeadModel", "GPT2Config", GPT2),
    transformer("gpt2_eager", "GPT2LMHeadModel", "GPT2Config", {**GPT2, **EAGER}),
    transformer(
        "t5_encoder",
        "T5EncoderModel",
        "T5Config",
        {"vocab_size": 200, "d_model": 48, "d_kv": 12, "d_ff": 96, "num_layers": 2, "num_heads": 4},
        quick=True,
    ),
    transformer(
        "clip_vision",
        "CLIPVisionModel",
        "CLIPVisionConfig",
        {
            "hidden_size": 48,
            "intermediate_size": 96,
            "num_hidden_layers": 2,
            "num_attention_heads": 4,
            "image_size": 32,
            "patch_size": 8,
        },
        pixels(32),
    ),
    transformer(
        "whisper_encoder",
        "WhisperModel",
        "WhisperConfig",
        {
            "d_model": 48,
            "encoder_layers": 2,
            "encoder_attention_heads": 4,
            "encoder_ffn_dim": 96,
            "num_mel_bins": 16,
            "max_source_positions": 32,
            "vocab_size": 200,
            "pad_token_id": 0,
            "decoder_layers": 1,
            "decoder_attention_heads": 4,
        },
        mel_spectrogram,
        lambda network: network.encoder,
    ),
    transformer(
        "segformer",
        "SegformerForSemanticSegmentation",
        "SegformerConfig",
        {
            "hidden_sizes": [16, 24, 32, 48],
            "depths": [1, 1, 1, 1],
            "num_attention_heads": [1, 2, 2, 4],
            "decoder_hidden_size": 32,
            "num_labels": 5,
        },
        pixels(64),
    ),
    transformer("llama", "LlamaForCausalLM", "LlamaConfig", LLAMA),
    transformer("llama_eager", "LlamaForCausalLM", "LlamaConfig", {**LLAMA, **EAGER}),
    Row("lstm_classifier", "own", lambda: modules.RecurrentClassifier(nn.LSTM), tokens, quick=True),
    Row("gru_classifier", "own", lambda: modules.RecurrentClassifier(nn.GRU), tokens),
    Row("lstm_cell_loop", "own", modules.LstmCellLoop, features(7, 12), quick=True),
    Row("voice_detector", "own", modules.VoiceDetector, sound_and_state, batch_axes=(0, 1)),
    Row("shared_module", "own", modules.Twins, pair_of_images, quick=True),
    Row("autoencoder", "own", modules.Autoencoder, image(32)),
    Row("masked_attention", "own", modules.MaskedAttention, masked_features, quick=True),
    Row("dilated_convolutions", "own", modules.DilatedConvolutions, features(8, 40)),
    Row("cifar_resnet20", "eval", trained("cifar_resnet20"), image(32)),
    Row("effnet_lite0", "eval", trained("effnet_lite0"), image(224)),
    Row(
        "ppocr_cls",
        "eval",
        trained("ppocr_cls", "torch_model"),
        lambda batch: (torch.randn(batch, 3, 48, 192),),
        fixed_batch="the ONNX file's shapes are static",
    ),
    Row("crepe_tiny", "eval", trained("crepe_tiny"), features(1024)),
    Row("minilm_stsb", "eval", trained("minilm_stsb"), sentence),
    Row("minilm_stsb_eager", "eval", trained("minilm_stsb", variables={"ATTN": "eager"}), sentence),
]
