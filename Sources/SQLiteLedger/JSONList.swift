internal import FoundationEssentials

/// A list of texts in one column, as a JSON array.
enum JSONList {
    static func encode(_ list: [String]) throws(SQLiteFailure) -> Value {
        guard let data = try? JSONEncoder().encode(list) else {
            throw SQLiteFailure(code: 1, message: "a list of \(list.count) texts could not be written as JSON")
        }
        return .text(String(decoding: data, as: UTF8.self))
    }

    static func decode(_ text: String) throws(SQLiteFailure) -> [String] {
        guard let list = try? JSONDecoder().decode([String].self, from: Data(text.utf8)) else {
            throw .damaged("a list in it is not a JSON array of texts")
        }
        return list
    }
}
