import Foundation
import Glibc
import Testing

/// A terminal made by the kernel: the program's side and the person's side.
final class PseudoTerminal: Sendable {
    let person: Int32
    let program: Int32

    init() throws {
        // The calls behind unlockpt and ptsname: Linux, ioctl_tty(2).
        let unlock: UInt = 0x4004_5431
        let getNumber: UInt = 0x8004_5430
        var locked: Int32 = 0
        var number: Int32 = -1
        person = open("/dev/ptmx", O_RDWR | O_NOCTTY)
        try #require(person >= 0 && ioctl(person, unlock, &locked) == 0 && ioctl(person, getNumber, &number) == 0)
        program = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
        try #require(program >= 0)
        var settings = termios()
        tcgetattr(program, &settings)
        settings.c_lflag &= ~tcflag_t(ECHO)
        tcsetattr(program, TCSANOW, &settings)
    }

    deinit {
        close(program)
        close(person)
    }

    func type(_ text: String) { _ = text.withCString { write(person, $0, strlen($0)) } }

    /// What the program has shown so far.
    func screen() -> String {
        _ = fcntl(person, F_SETFL, O_NONBLOCK)
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = read(person, &buffer, buffer.count)
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            bytes.append(contentsOf: buffer[..<count])
        }
    }
}
