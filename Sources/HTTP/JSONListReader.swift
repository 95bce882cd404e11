internal import Synchronization

/// Reads the elements of a list while the answer that holds it arrives, so that neither the answer nor its JSON stands
/// in memory as a whole.
public final class JSONListReader<Element: Sendable>: BodyReader {
    /// What was read of an answer.
    public struct Reading: Sendable {
        /// The elements in their order, up to the first that cannot be used.
        public var elements: [Element]
        /// The answer without the elements, to be decoded.
        public var rest: [UInt8]
        /// The first element that cannot be used, and why.
        public var failure: Failure?
    }

    /// Why an element cannot be used.
    public struct Failure: Sendable {
        /// Its place in the list, counted from 0.
        public var index: Int
        /// What its decoding threw; a ``JSONListScanner/Fault`` where the list itself is none.
        public var error: any Error
    }

    private struct State {
        var scanner: JSONListScanner
        var elements: [Element] = []
        var failure: Failure?
    }

    private let key: String
    private let decode: @Sendable ([UInt8]) throws -> Element
    private let state: Mutex<State>

    /// A reader.
    ///
    /// - Parameters:
    ///   - list: the key of the list.
    ///   - decode: reads one element.
    public init(list key: String, decode: @escaping @Sendable ([UInt8]) throws -> Element) {
        self.key = key
        self.decode = decode
        state = Mutex(State(scanner: JSONListScanner(list: key)))
    }

    /// Forgets what was read.
    public func begin() { state.withLock { $0 = State(scanner: JSONListScanner(list: key)) } }

    /// Reads on; after a failure the bytes are passed over.
    public func take(_ bytes: [UInt8]) {
        state.withLock { state in
            guard state.failure == nil else { return }
            var elements = state.elements.take()
            defer { state.elements = elements }
            do {
                try state.scanner.take(bytes) { elements.append(try decode($0)) }
            } catch {
                state.failure = Failure(index: elements.count, error: error)
            }
        }
    }

    /// What was read since the last `begin`.
    public var reading: Reading {
        state.withLock { Reading(elements: $0.elements, rest: $0.scanner.rest, failure: $0.failure) }
    }
}

extension Array {
    /// The elements, which are nobody else's afterwards: appending to them copies none.
    fileprivate mutating func take() -> [Element] {
        defer { self = [] }
        return self
    }
}
