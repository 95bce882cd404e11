/// Cuts one list out of a JSON object that comes in pieces: hands over its elements one by one, and keeps the rest.
///
/// It looks at quotes, brackets and commas alone. What it hands over and what it keeps are for a JSON decoder to judge:
/// whatever is no JSON in the whole is none in an element, none in the rest, or a ``Fault``. A list whose key is written
/// with escapes is not cut out, and stands in the rest with its elements.
public struct JSONListScanner: Sendable {
    /// What no element and not the rest would show.
    public enum Fault: Error, Hashable, Sendable {
        /// Nothing stands between two commas, or between a comma and the end of the list.
        case emptyElement
        /// The object has the list twice.
        case listedTwice
    }

    private enum Place: Hashable {
        /// Outside the list.
        case outside
        /// At the start of the list, where it may end at once.
        case listStart
        /// Where an element has to begin, after a comma.
        case afterComma
        /// Within an element.
        case element
    }

    private let key: [UInt8]
    private var place = Place.outside
    /// Open brackets around the place: 1 within the object.
    private var depth = 0
    private var isInString = false
    private var isEscaped = false
    /// The text of the last string directly within the object, and whether it is a key whose value comes next.
    private var lastString: [UInt8] = []
    private var isKey = false
    private var hasList = false
    private var element: [UInt8] = []
    private var kept: [UInt8] = []

    /// A scanner for the list under a key of the object, which is plain ASCII.
    public init(list key: String) { self.key = Array(key.utf8) }

    /// The object as far as it has come, its list without the elements. It is whole once all bytes were taken.
    public var rest: [UInt8] { kept }

    /// Takes the next bytes, and hands over the elements that are whole with them.
    public mutating func take(_ bytes: [UInt8], _ hand: ([UInt8]) throws -> Void) throws {
        for byte in bytes {
            if place == .outside { try keep(byte) } else { try takeListed(byte, hand) }
        }
    }

    // MARK: - Outside the list

    private mutating func keep(_ byte: UInt8) throws {
        kept.append(byte)
        if isInString { return keepOfString(byte) }
        switch byte {
        case UInt8(ascii: "\""):
            isInString = true
            lastString = []
            isKey = false
        case UInt8(ascii: ":"): isKey = depth == 1
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            depth += 1
            if byte == UInt8(ascii: "["), isKey, depth == 2, lastString == key { try beginList() }
            isKey = false
        case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
        case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"): break
        default: isKey = false
        }
    }

    private mutating func keepOfString(_ byte: UInt8) {
        passString(byte)
        if isInString, depth == 1, lastString.count <= key.count { lastString.append(byte) }
    }

    private mutating func beginList() throws {
        guard !hasList else { throw Fault.listedTwice }
        hasList = true
        place = .listStart
    }

    // MARK: - Within the list

    private mutating func takeListed(_ byte: UInt8, _ hand: ([UInt8]) throws -> Void) throws {
        if isInString {
            element.append(byte)
            return passString(byte)
        }
        switch byte {
        case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"):
            if place == .element { element.append(byte) }
        case UInt8(ascii: ",") where depth == 2:
            try handOver(hand)
            place = .afterComma
        case UInt8(ascii: "]") where depth == 2:
            if place != .listStart { try handOver(hand) }
            place = .outside
            try keep(byte)
        default: extendElement(byte)
        }
    }

    private mutating func extendElement(_ byte: UInt8) {
        place = .element
        element.append(byte)
        switch byte {
        case UInt8(ascii: "\""): isInString = true
        case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
        case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
        default: break
        }
    }

    private mutating func handOver(_ hand: ([UInt8]) throws -> Void) throws {
        guard place == .element else { throw Fault.emptyElement }
        defer { element = [] }
        try hand(element)
    }

    /// Notices a string's end.
    private mutating func passString(_ byte: UInt8) {
        if isEscaped {
            isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
            isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
            isInString = false
        }
    }
}
