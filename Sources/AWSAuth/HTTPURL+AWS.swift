internal import HTTP

extension HTTPURL {
    /// The value of the Host field: the port only where it is not the scheme's own.
    var hostField: String {
        let name = host.contains(":") ? "[\(host)]" : host
        guard let port, port != (isSecure ? 443 : 80) else { return name }
        return "\(name):\(port)"
    }

    /// The URL without its query, without a port that goes without saying, and without final slashes.
    var base: String {
        var path = path
        while path.hasSuffix("/") { path.removeLast() }
        return (isSecure ? "https://" : "http://") + hostField + path
    }
}
