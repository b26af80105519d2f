"""Tests of the page of one customer."""
