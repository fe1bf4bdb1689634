import pickle


def unpickle_from_file(path):
    with open(path, "rb") as file:
        return pickle.load(file)


def pickle_to_file(path, value):
    with open(path, "wb") as file:
        pickle.dump(value, file)
