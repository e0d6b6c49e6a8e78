//! How values travel between processes: numbers as they stand in memory, everything else by a serializer.
//!
//! Numbers are copied as a whole, which costs less than a nanosecond a byte. Anything else that serde can write travels as
//! [MessagePack](https://docs.rs/rmp-serde), each value after its length. [`Plain`](crate::Plain) is for plain data that is not a number.

#![expect(unsafe_code, reason = "numbers are sent as they stand in memory")]

use std::any::{Any, TypeId};
use std::io;
use std::slice::from_raw_parts;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// Values as bytes, and how many they are. They can be cut between any two values without knowing their type.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Values {
    /// How many.
    pub count: usize,
    /// Their bytes.
    pub bytes: Vec<u8>,
    /// Whether they are numbers, all of the same size. Otherwise, each value comes after its length.
    pub(crate) are_numbers: bool,
}

/// Buffers of this size, in bytes, are kept to be used again.
const WORTH_KEEPING: std::ops::RangeInclusive<usize> = (64 << 10)..=(1 << 20);

/// The bytes of a value's length.
const LENGTH: usize = size_of::<u64>();

impl Values {
    /// # Errors
    ///
    /// What the serializer says, such as that a type cannot be written.
    pub fn encode<T: Serialize + 'static>(values: &[T]) -> io::Result<Self> {
        let mut all = Self::default();
        all.append(values)?;
        Ok(all)
    }

    /// Adds values of the same type.
    pub(crate) fn append<T: Serialize + 'static>(&mut self, values: &[T]) -> io::Result<()> {
        if let Some(numbers) = as_numbers(values) {
            self.are_numbers = true;
            self.bytes.extend_from_slice(numbers);
        } else {
            for value in values {
                append(&mut self.bytes, value)?;
            }
        }
        self.count += values.len();
        Ok(())
    }

    /// The memory of many values, empty, to be used again; `None` if it is not worth it.
    pub(crate) fn into_spare(mut self) -> Option<Vec<u8>> {
        self.bytes.clear();
        WORTH_KEEPING
            .contains(&self.bytes.capacity())
            .then_some(self.bytes)
    }

    /// Cuts off the first `count` values.
    ///
    /// # Panics
    ///
    /// If there are fewer.
    pub(crate) fn split_off_front(&mut self, count: usize) -> Self {
        let at = if self.are_numbers {
            count * (self.bytes.len() / self.count.max(1))
        } else {
            (0..count).fold(0, |at, _| at + LENGTH + length_at(&self.bytes[at..]))
        };
        self.count -= count;
        let rest = self.bytes.split_off(at);
        Self {
            count,
            bytes: std::mem::replace(&mut self.bytes, rest),
            are_numbers: self.are_numbers,
        }
    }
}

/// Appends a value after its length.
fn append<T: Serialize>(bytes: &mut Vec<u8>, value: &T) -> io::Result<()> {
    let start = bytes.len();
    bytes.extend([0; LENGTH]);
    rmp_serde::encode::write_named(bytes, value).map_err(io::Error::other)?;
    let length = (bytes.len() - start - LENGTH) as u64;
    bytes[start..start + LENGTH].copy_from_slice(&length.to_le_bytes());
    Ok(())
}

/// A value that is not one of many: it travels by the serializer, even if it is a number.
///
/// # Errors
///
/// What the serializer says.
pub fn encode_one<T: Serialize>(value: &T) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    append(&mut bytes, value)?;
    Ok(bytes)
}

/// The value that [`encode_one`] has written.
pub(crate) fn decode_one<'a, T: Deserialize<'a>>(mut bytes: &'a [u8]) -> io::Result<T> {
    let value = cut_off_front(&mut bytes)?;
    at_end(bytes, 1)?;
    Ok(value)
}

/// The `count` values of these bytes.
///
/// # Errors
///
/// [`io::ErrorKind::InvalidData`] if they are not such values.
pub fn decode<T: DeserializeOwned + 'static>(count: usize, mut bytes: &[u8]) -> io::Result<Vec<T>> {
    let mut values = Vec::new();
    append_first(&mut values, count, &mut bytes)?;
    at_end(bytes, count)?;
    Ok(values)
}

/// There are no bytes behind `count` values.
pub(crate) fn at_end(bytes: &[u8], count: usize) -> io::Result<()> {
    if bytes.is_empty() {
        Ok(())
    } else {
        Err(invalid(format!("more than {count} values came")))
    }
}

/// Appends the first `count` values of these bytes, which are the others then.
///
/// # Errors
///
/// As [`decode`].
pub(crate) fn append_first<T: DeserializeOwned + 'static>(
    values: &mut Vec<T>,
    count: usize,
    bytes: &mut &[u8],
) -> io::Result<()> {
    if append_numbers(values, count, bytes)? {
        return Ok(());
    }
    values.reserve(count.min(bytes.len()));
    for _ in 0..count {
        values.push(cut_off_front(bytes)?);
    }
    Ok(())
}

/// The first value of these bytes, which are the others then.
fn cut_off_front<'a, T: Deserialize<'a>>(bytes: &mut &'a [u8]) -> io::Result<T> {
    let length = bytes.get(..LENGTH).map(length_at);
    let value = length.and_then(|length| bytes.get(LENGTH..)?.get(..length));
    let value = value.ok_or_else(|| invalid("a value was cut short"))?;
    *bytes = &bytes[LENGTH + value.len()..];
    rmp_serde::from_slice(value).map_err(|error| invalid(error.to_string()))
}

fn invalid(why: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why.into())
}

fn length_at(bytes: &[u8]) -> usize {
    u64::from_le_bytes(*bytes[..LENGTH].as_array().expect("eight bytes")) as usize
}

/// Does the same for each type of number.
macro_rules! for_each_number {
    ($number:ident => $do:block) => {
        for_each_number!($number => $do: u8 u16 u32 u64 usize i8 i16 i32 i64 isize f32 f64)
    };
    ($number:ident => $do:block: $($type:ty)*) => {
        $({ type $number = $type; $do })*
    };
}

/// The bytes of `values`, if they are numbers.
pub(crate) fn as_numbers<T: 'static>(values: &[T]) -> Option<&[u8]> {
    for_each_number!(Number => {
        if TypeId::of::<T>() == TypeId::of::<Number>() {
            // SAFETY: all bytes of a number may be read, and these are borrowed as long as the numbers.
            return Some(unsafe { from_raw_parts(values.as_ptr().cast(), size_of_val(values)) });
        }
    });
    None
}

/// As [`append_first`], if `values` is a vector of numbers. Returns whether it is.
fn append_numbers(values: &mut dyn Any, count: usize, bytes: &mut &[u8]) -> io::Result<bool> {
    for_each_number!(Number => {
        if let Some(numbers) = values.downcast_mut::<Vec<Number>>() {
            let size = count.checked_mul(size_of::<Number>());
            let Some((first, rest)) = size.and_then(|size| bytes.split_at_checked(size)) else {
                return Err(invalid(format!("{} bytes are not {count} numbers", bytes.len())));
            };
            *bytes = rest;
            let (first, _) = first.as_chunks::<{ size_of::<Number>() }>();
            numbers.extend(first.iter().map(|&number| Number::from_ne_bytes(number)));
            return Ok(true);
        }
    });
    Ok(false)
}

#[cfg(test)]
mod tests {
    use std::fmt;

    use super::*;
    use crate::Plain;

    fn there_and_back<T>(values: &Vec<T>)
    where
        T: Serialize + DeserializeOwned + PartialEq + fmt::Debug + 'static,
    {
        for cut in 0..=values.len() {
            let mut rest = Values::encode(values).unwrap();
            let front = rest.split_off_front(cut);
            let mut back: Vec<T> = decode(front.count, &front.bytes).unwrap();
            back.extend(decode::<T>(rest.count, &rest.bytes).unwrap());
            assert_eq!(&back, values, "cut at {cut}");
        }
    }

    #[test]
    fn values_of_any_kind_arrive_wherever_they_are_cut() {
        there_and_back(&vec![1_u64, u64::MAX, 7]);
        there_and_back(&vec![1.5_f32, f32::MIN_POSITIVE]);
        there_and_back(&vec![(), (), ()]);
        there_and_back(&vec![("long".repeat(100), 7), (String::new(), 8)]);
        there_and_back(&vec![Plain(vec![[1_u64, 2], [3, 4]]), Plain(Vec::new())]);
        there_and_back(&vec![Some(f64::INFINITY), None]);
        there_and_back(&Vec::<u8>::new());
    }

    #[test]
    fn what_does_not_fit_is_an_error() {
        let Values { bytes, .. } = Values::encode(&["text".to_owned()]).unwrap();
        for (count, bytes) in [(2, &bytes[..]), (1, &bytes[..10]), (1, &[])] {
            let error = decode::<String>(count, bytes).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        }
        assert!(decode::<u64>(2, &[0; 9]).is_err());
        let three_bytes = rmp_serde::to_vec(&Plain(vec![1_u8, 2, 3])).unwrap();
        assert!(rmp_serde::from_slice::<Plain<u64>>(&three_bytes).is_err());
    }
}
