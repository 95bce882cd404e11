internal import Glibc

/// One descriptor that texts are written to completely.
struct OutputStream: ~Copyable {
    private let descriptor: Int32
    private var isClosed = false
    /// Why writing failed, but for a reader that went away.
    private(set) var problem: String?

    /// A stream over an open descriptor, which stays open.
    init(descriptor: Int32) { self.descriptor = descriptor }

    /// Writes all of a text. After a failure the stream drops what comes: the work goes on without its reader.
    mutating func write(_ text: String) {
        guard !isClosed else { return }
        var text = text
        text.withUTF8 { bytes in
            var rest = bytes[...]
            while !rest.isEmpty, !isClosed {
                let count = Glibc.write(descriptor, UnsafeBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count >= 0 { rest = rest.dropFirst(count) } else { recover(errno) }
            }
        }
    }

    private mutating func recover(_ code: Int32) {
        switch code {
        case EINTR: return
        case EAGAIN:
            var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            _ = poll(&waiting, 1, -1)
        case EPIPE: isClosed = true
        default:
            isClosed = true
            problem = String(cString: strerror(code))
        }
    }
}

/// Goes to the first column and takes away what stands in the line.
let clearLine = "\r\u{1B}[K"

/// The columns of a terminal: `COLUMNS`, else what the terminal says, else 80; nil where there is no terminal.
func columns(of descriptor: Int32, environment: [String: String]) -> Int? {
    guard isatty(descriptor) == 1 else { return nil }
    if let text = environment["COLUMNS"], let number = Int(text), number > 0 { return number }
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
}

/// One line from a descriptor in lower case without outer white space; nil at the end of input, and once `isStopped`.
func answer(from descriptor: Int32, isStopped: () -> Bool = { false }) -> String? {
    var bytes: [UInt8] = []
    var byte: UInt8 = 0
    while true {
        var input = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        while poll(&input, 1, 50) == 0 { if isStopped() { return nil } }
        guard !isStopped(), read(descriptor, &byte, 1) == 1 else { return nil }
        if byte == UInt8(ascii: "\n") { break }
        if bytes.count < 256 { bytes.append(byte) }
    }
    let text = String(decoding: bytes, as: UTF8.self).lowercased()
    return String(text.split(whereSeparator: \.isWhitespace).joined(separator: " "))
}

/// `Applying [#####     ] 120/300`, at most one column less than the terminal has.
func progressLine(_ label: String, done: Int, of total: Int, width: Int) -> String {
    let count = total > 0 ? " \(done)/\(total)" : " \(done)"
    let room = width - 1 - label.count - count.count - 3
    guard total > 0, room >= 10 else { return String((label + count).prefix(max(0, width - 1))) }
    let length = min(room, 30)
    let filled = min(length, max(0, done * length / total))
    return label + " [" + String(repeating: "#", count: filled) + String(repeating: " ", count: length - filled) + "]"
        + count
}
