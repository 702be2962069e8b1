import torch
from torch import nn

from features.backbones import load
from features.flops import count_flops
from features.layers import count_operations


def test_a_multiplication_and_an_addition_are_two():
    assert count_flops(nn.Linear(10, 3), torch.zeros(4, 10)) == 2 * 4 * 10 * 3
    convolution = nn.Conv2d(3, 8, 3, padding=1)
    assert count_flops(convolution, torch.zeros(1, 3, 16, 16)) == 2 * 16 * 16 * 8 * 3 * 9


def test_the_operations_of_a_network_are_those_that_are_published():
    backbone = load("efficientnet_lite0", weights="random")
    giga = count_operations(backbone, ["penultimate"]) / 1e9
    assert 0.7 < giga < 0.85  # 0.407e9 multiplications with additions, the last layer's included
