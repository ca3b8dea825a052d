# Each layer has inputs x units weights and one bias per unit.
encoder_parameters = (784 * 128 + 128) + (128 * 64 + 64) + (64 * 32 + 32)
decoder_parameters = (32 * 64 + 64) + (64 * 128 + 128) + (128 * 784 + 784)
answer_1_2 = encoder_parameters + decoder_parameters
check("1.2", answer_1_2)
