"""The fields that Caffe's messages have: OpenCV ends the process on some that it does not know."""

from __future__ import annotations

from typing import Final

from colorize_lab.caffe.textformat import Message
from colorize_lab.errors import NetworkFileError

__all__ = ["check_fields"]

_FILLER: Final = "type value min max mean std sparse variance_norm"
_RULE: Final = "phase min_level max_level stage not_stage"
# By the name of the field that holds the message; of caffe.proto, as far as networks are run here.
_FIELDS: Final = {
    "": "name input input_shape input_dim force_backward state debug_info layer",
    "state": "phase level stage",
    "input_shape": "dim",
    "layer": (
        "name type bottom top phase loss_weight param propagate_down include exclude input_param "
        "batch_norm_param concat_param convolution_param eltwise_param pooling_param relu_param "
        "scale_param "
        "softmax_param"
    ),
    "param": "name share_mode lr_mult decay_mult",
    "include": _RULE,
    "exclude": _RULE,
    "input_param": "shape",
    "shape": "dim",
    "batch_norm_param": "use_global_stats moving_average_fraction eps",
    "concat_param": "axis concat_dim",
    "convolution_param": (
        "num_output bias_term pad kernel_size stride dilation pad_h pad_w kernel_h kernel_w "
        "stride_h stride_w group weight_filler bias_filler engine axis force_nd_im2col"
    ),
    "weight_filler": _FILLER,
    "bias_filler": _FILLER,
    "filler": _FILLER,
    "eltwise_param": "operation coeff stable_prod_grad",
    "pooling_param": "pool global_pooling engine",
    "relu_param": "negative_slope engine",
    "scale_param": "axis num_axes filler bias_term bias_filler",
    "softmax_param": "engine axis",
}
_KNOWN: Final = {name: frozenset(fields.split()) for name, fields in _FIELDS.items()}


def check_fields(message: Message, name: str = "") -> None:
    """Refuse a message that has other fields than Caffe's.

    Parameters
    ----------
    message : dict of str to list
        As `colorize_lab.caffe.textformat.parse_message` gives it.
    name : str
        The field that holds it; empty for the whole network.

    Raises
    ------
    NetworkFileError
        It, or a message inside it, has a field that is not known.

    Examples
    --------
    >>> check_fields({"layer": [{"color": ["red"]}]})  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    colorize_lab.errors.NetworkFileError: a 'layer' of the prototxt has the field 'color', ...
    """
    for field, values in message.items():
        if field not in _KNOWN[name]:
            raise NetworkFileError(
                f"a {name or 'network'!r} of the prototxt has the field {field!r:.60}, which no "
                "network that can be run here has; remove it or use another network"
            )
        for value in values:
            if isinstance(value, dict) and field in _KNOWN:
                check_fields(value, field)
