//! Which tokens Guile reads as numbers, and how it writes them.

use super::datum::Datum;

/// The number that a token is, in decimal; `None` for what is a symbol.
pub fn decimal(token: &str) -> Option<Datum<'static>> {
    if !token.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.')) {
        return None;
    }
    integer(token, 10).or_else(|| ratio(token)).or_else(|| real(token)).or_else(|| special(token))
}

/// An integer in base 2, 8, 10 or 16.
pub fn integer(token: &str, base: u32) -> Option<Datum<'static>> {
    let digits = token.strip_prefix(['+', '-']).unwrap_or(token);
    if digits.is_empty() || !digits.chars().all(|digit| digit.is_digit(base)) {
        return None;
    }
    match i128::from_str_radix(token, base) {
        Ok(value) => Some(Datum::Integer(value)),
        Err(_) if base == 10 => {
            let sign = if token.starts_with('-') { "-" } else { "" };
            Some(Datum::Other(format!("{sign}{}", digits.trim_start_matches('0'))))
        }
        Err(_) => None,
    }
}

fn ratio(token: &str) -> Option<Datum<'static>> {
    let (above, below) = token.split_once('/')?;
    let (Datum::Integer(above), Datum::Integer(below)) = (integer(above, 10)?, integer(below, 10)?) else {
        return None;
    };
    if below <= 0 || token.contains("/+") {
        return None;
    }
    let (mut divisor, mut rest) = (above.unsigned_abs(), below.unsigned_abs());
    while rest != 0 {
        (divisor, rest) = (rest, divisor % rest);
    }
    let divisor = i128::try_from(divisor).ok()?;
    if below == divisor {
        return Some(Datum::Integer(above / divisor));
    }
    Some(Datum::Other(format!("{}/{}", above / divisor, below / divisor)))
}

fn real(token: &str) -> Option<Datum<'static>> {
    let unsigned = token.strip_prefix(['+', '-']).unwrap_or(token);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let has_digits = !(whole.is_empty() && fraction.is_empty()) && is_digits(whole) && is_digits(fraction);
    let has_exponent = exponent.is_none_or(|exponent| {
        let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        !digits.is_empty() && is_digits(digits)
    });
    if !has_digits || !has_exponent {
        return None;
    }
    let value: f64 = token.parse().ok()?;
    value.is_finite().then(|| Datum::Other(written(value)))
}

/// Guile writes the shortest digits that read back: with an exponent below 0.001, and from 10^7 on where
/// zeros would fill the number up.
fn written(value: f64) -> String {
    let scientific = format!("{value:e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let digits = mantissa.bytes().filter(u8::is_ascii_digit).count();
    let exponent: i64 = exponent.parse().unwrap_or_default();
    let filled_up = usize::try_from(exponent).is_ok_and(|exponent| exponent >= digits.max(7));
    if exponent < -3 || filled_up {
        let point = if mantissa.contains('.') { "" } else { ".0" };
        return format!("{mantissa}{point}e{exponent}");
    }
    let plain = value.to_string();
    if plain.contains('.') { plain } else { format!("{plain}.0") }
}

/// Numbers that no definition has, but that a symbol must not look like: infinities, complex numbers,
/// `#` for a digit, exponents by `s`, `f`, `d` and `l`. They stay as they are written.
fn special(token: &str) -> Option<Datum<'static>> {
    let sign = token.starts_with(['+', '-']);
    let body = token.strip_prefix(['+', '-']).unwrap_or(token);
    let infinite = sign && ["inf.0", "nan.0"].iter().any(|name| body.eq_ignore_ascii_case(name));
    let number = |text: &str| integer(text, 10).or_else(|| ratio(text)).or_else(|| real(text)).is_some();
    let complex = || {
        if let Some((size, angle)) = token.split_once('@') {
            return number(size) && number(angle);
        }
        let Some(imaginary) = token.strip_suffix('i') else { return false };
        let start = imaginary
            .char_indices()
            .rev()
            .find(|(at, c)| matches!(c, '+' | '-') && !imaginary[..*at].ends_with(['e', 'E']));
        start.is_some_and(|(at, _)| {
            (at == 0 || number(&imaginary[..at])) && (at + 1 == imaginary.len() || number(&imaginary[at..]))
        })
    };
    let digits = body.starts_with(|c: char| c.is_ascii_digit());
    let inexact = digits && {
        let plain = body.replace('#', "0").replace(['s', 'f', 'd', 'l'], "e");
        plain != body && number(&plain)
    };
    let written = if body.eq_ignore_ascii_case("nan.0") { "+nan.0" } else { token };
    (infinite || complex() || inexact).then(|| Datum::Other(written.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(token: &str) -> String {
        match decimal(token) {
            Some(Datum::Integer(value)) => value.to_string(),
            Some(Datum::Other(text)) => text,
            _ => "symbol".to_owned(),
        }
    }

    /// As Guile 3.0 writes them.
    #[test]
    fn numbers_have_one_form() {
        let tokens = [
            "007",
            "+5",
            "-0",
            "2/4",
            "-4/2",
            "1.50",
            ".5",
            "5.",
            "1e3",
            "1e6",
            "1e7",
            "12345678.0",
            "1.25e10",
        ];
        let written = tokens.map(shown).join(" ");
        assert_eq!(written, "7 5 0 1/2 -2 1.5 0.5 5.0 1000.0 1000000.0 1.0e7 12345678.0 1.25e10");
        assert_eq!(
            ["0.001", "0.0001", "-nan.0", "+inf.0"].map(shown).join(" "),
            "0.001 1.0e-4 +nan.0 +inf.0"
        );
        let long = "0123456789012345678901234567890123456789012345678901234567890";
        assert_eq!(shown(long), long[1..]);
        assert_eq!(integer("-ff", 16), Some(Datum::Integer(-255)));
        assert_eq!(integer("8", 8), None);
    }

    #[test]
    fn what_looks_like_a_number_but_is_none() {
        for token in [
            "+", "-", "...", "1+", "-1+", "1.2.3", "1/a", "1/0", "e1", "+a", "-.", "nan", "1e", "2.0-rc.1",
            "0x10", "a1",
        ] {
            assert_eq!(shown(token), "symbol", "{token}");
        }
    }
}
