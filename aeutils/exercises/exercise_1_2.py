# Each layer has inputs x units weights and one bias per unit.
encoder_parameters = (784 * 128 + 128) + (128 * 64 + 64) + (64 * 32 + 32)
decoder_parameters = (32 * 64 + 64) + (64 * 128 + 128) + (128 * 784 + 784)
answer_1_2 = encoder_parameters + decoder_parameters
check("1.2", answer_1_2)

# ---- What the check knows. ----

from aeutils.exercises.kinds import Number

biases = 128 + 64 + 32 + 64 + 128 + 784
CHECK = {
    "answer_1_2": Number(
        {
            answer_1_2 - biases: "That counts the weights, but each unit also has a bias.",
            answer_1_2 + 784: "The 784 inputs have no biases: nothing is calculated there.",
            answer_1_2 - biases + 6: "Each unit has a bias of its own, not each layer one.",
            encoder_parameters: "That is the encoder alone. The decoder has parameters too.",
            decoder_parameters: "That is the decoder alone. The encoder has parameters too.",
            2 * encoder_parameters: "Nearly: the decoder's biases belong to its own outputs, "
            "64 + 128 + 784, so the halves do not have the same number.",
            50_992: "That is 784-32-784. Here are two more layers on each side of the code.",
        },
        say=lambda received: "Add, for each of the six layers, inputs x units + units.",
    )
}
NOTICE = "Nearly all of them sit in the two layers that touch the 784 pixels."
