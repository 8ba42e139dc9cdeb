package catalog

import (
	"encoding/json"
	"fmt"
	"io"
)

// page is an answer while it is read.
type page struct {
	each  func(raw []byte) error // told of each entity in it
	count int
	total *int
	info  struct{ NextCursor string }
}

// query reads the answer to a query or a look-up.
func (p *page) query(in *elements) error { return p.object(in, "items") }

// rows reads the answer of the module for what was not processed.
func (p *page) rows(in *elements) error { return p.object(in, "entities") }

// list reads a bare list.
func (p *page) list(in *elements) error {
	if err := in.open('['); err != nil {
		return err
	}
	return p.elements(in)
}

// object reads an object that has a list in it.
func (p *page) object(in *elements, list string) error {
	if err := in.open('{'); err != nil {
		return err
	}
	there := false
	for in.More() {
		key, err := in.key()
		if err != nil {
			return err
		}
		if err := p.value(in, key, list); err != nil {
			return err
		}
		there = there || key == list
	}
	if _, err := in.Token(); err != nil {
		return err
	}
	if !there {
		return errGarbled
	}
	return nil
}

func (p *page) value(in *elements, key, list string) error {
	switch key {
	case list:
		if err := in.open('['); err != nil {
			return err
		}
		return p.elements(in)
	case "totalItems":
		return in.Decode(&p.total)
	case "pageInfo":
		return in.Decode(&p.info)
	}
	var skipped json.RawMessage
	return in.next(&skipped)
}

// elements reads a list that is open.
func (p *page) elements(in *elements) error {
	for in.More() {
		var raw json.RawMessage
		if err := in.next(&raw); err != nil {
			return err
		}
		p.count++
		if err := p.each(raw); err != nil {
			return err
		}
	}
	_, err := in.Token()
	return err
}

// elements decodes an answer bit by bit. None of the bits may be longer than maxWhole.
type elements struct {
	*json.Decoder
	body *io.LimitedReader
}

func newElements(body io.Reader) *elements {
	limited := &io.LimitedReader{R: body, N: maxWhole}
	return &elements{json.NewDecoder(limited), limited}
}

// next decodes the next bit.
func (e *elements) next(into *json.RawMessage) error {
	e.body.N = maxWhole
	err := e.Decode(into)
	if err != nil && e.body.N == 0 {
		return fmt.Errorf("one entity has more than %d MB", maxWhole>>20)
	}
	return err
}

func (e *elements) open(delim json.Delim) error {
	token, err := e.Token()
	if err == nil && token != delim {
		err = errGarbled
	}
	return err
}

func (e *elements) key() (string, error) {
	token, err := e.Token()
	key, ok := token.(string)
	if err == nil && !ok {
		err = errGarbled
	}
	return key, err
}
